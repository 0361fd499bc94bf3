package io.github.dropwizardlogdna.compatibility;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** The JDKs of this machine, by their release. */
final class Jdks {
    private final Map<Integer, Path> homes;

    private Jdks(Map<Integer, Path> homes) {
        this.homes = homes;
    }

    /** Looks at the JVM that runs this, at variables such as {@code JAVA_HOME_25_X64}, and where JDKs are installed. */
    static Jdks ofThisMachine() throws IOException {
        List<Path> candidates = new ArrayList<>();
        candidates.add(Path.of(System.getProperty("java.home")));
        System.getenv().forEach((name, value) -> {
            if (name.toUpperCase(Locale.ROOT).startsWith("JAVA_HOME")) {
                candidates.add(Path.of(value));
            }
        });
        Path user = Path.of(System.getProperty("user.home"));
        for (Path directory : List.of(
                Path.of("/usr/lib/jvm"),
                Path.of("/opt/java"),
                Path.of("/Library/Java/JavaVirtualMachines"),
                user.resolve(".sdkman/candidates/java"),
                user.resolve(".jdks"))) {
            if (Files.isDirectory(directory)) {
                try (DirectoryStream<Path> homes = Files.newDirectoryStream(directory)) {
                    for (Path home : homes) {
                        candidates.add(home);
                        candidates.add(home.resolve("Contents/Home"));
                    }
                }
            }
        }
        Map<Integer, Path> homes = new TreeMap<>();
        for (Path candidate : candidates) {
            if (Files.isExecutable(candidate.resolve("bin/java")) && Files.isReadable(candidate.resolve("release"))) {
                homes.putIfAbsent(release(candidate), candidate);
            }
        }
        return new Jdks(homes);
    }

    /** The launcher of the given release. */
    Path java(int release) {
        Path home = homes.get(release);
        if (home == null) {
            throw new IllegalStateException("No JDK " + release + " was found, only " + homes + ". Set JAVA_HOME_"
                    + release + " to its directory");
        }
        return home.resolve("bin/java");
    }

    /** Reads the file that each JDK has in its directory, such as {@code JAVA_VERSION="17.0.15"}. */
    private static int release(Path home) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("release"))) {
            properties.load(reader);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        return Runtime.Version.parse(version.startsWith("1.") ? version.substring(2, 3) : version)
                .feature();
    }
}
