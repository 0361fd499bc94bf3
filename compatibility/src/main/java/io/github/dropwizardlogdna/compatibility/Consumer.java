package io.github.dropwizardlogdna.compatibility;

import io.github.dropwizardlogdna.compatibility.Combination.StartedAs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The service, built. Each set of versions and profiles is built once, in a copy of the service's folder. */
final class Consumer {
    private final Path directory;
    private int runs;

    private Consumer(Path directory) {
        this.directory = directory;
    }

    /** Builds services, and remembers them. Not thread-safe. */
    static final class Builds {
        private final Maven maven;
        private final Path source;
        private final Path target;
        private final String libraryVersion;
        private final Map<String, Consumer> built = new HashMap<>();

        Builds(Maven maven, Path source, Path target, String libraryVersion) {
            this.maven = maven;
            this.source = source;
            this.target = target;
            this.libraryVersion = libraryVersion;
        }

        Consumer of(Combination combination) throws IOException, InterruptedException {
            List<String> profiles = new ArrayList<>(combination.mavenProfiles());
            boolean fatJar = combination.startedAs == StartedAs.FAT_JAR;
            if (fatJar) {
                profiles.add("fat-jar");
            }
            String name = combination.dropwizard
                    + String.join("", profiles.stream().map(p -> "-" + p).toList());
            Consumer known = built.get(name);
            if (known != null) {
                return known;
            }
            Path directory = target.resolve(name);
            copy(source, directory);
            List<String> arguments = new ArrayList<>(List.of("-q", "clean", "package"));
            arguments.addAll(settings(combination.dropwizard, profiles, libraryVersion));
            maven.run(directory, arguments);
            Consumer consumer = new Consumer(directory);
            built.put(name, consumer);
            return consumer;
        }
    }

    static List<String> settings(String dropwizard, List<String> profiles, String libraryVersion) {
        List<String> settings = new ArrayList<>();
        settings.add("-Ddropwizard.version=" + dropwizard);
        settings.add("-Ddropwizard-logdna.version=" + libraryVersion);
        if (!profiles.isEmpty()) {
            settings.add("-P" + String.join(",", profiles));
        }
        return settings;
    }

    static void copy(Path source, Path target) throws IOException {
        // Ends Maven's search upwards for settings of the project, which would find this project's own.
        Files.createDirectories(target.resolve(".mvn"));
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                Path parent = copy.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                Files.write(copy, Files.readAllBytes(file));
            }
        }
    }

    Path configuration() {
        return directory.resolve("config.yml");
    }

    /** Makes the working directory of one more run. */
    Path newRunDirectory() throws IOException {
        return Files.createDirectories(directory.resolve("run-" + ++runs));
    }

    /** The launcher's arguments that name what to run. */
    List<String> whatToRun(Combination combination) throws IOException {
        Path jars = directory.resolve("target");
        if (combination.startedAs == StartedAs.FAT_JAR) {
            return List.of("-jar", jars.resolve("consumer-1.0-fat.jar").toString());
        }
        List<String> classPath = new ArrayList<>();
        classPath.add(jars.resolve("consumer.jar").toString());
        String dependencies = Files.readString(jars.resolve("class-path")).strip();
        for (String jar : dependencies.split(File.pathSeparator, -1)) {
            boolean first = !combination.firstOnClassPath.isEmpty()
                    && String.valueOf(Path.of(jar).getFileName()).startsWith(combination.firstOnClassPath + "-");
            classPath.add(first ? 0 : classPath.size(), jar);
        }
        return List.of("-cp", String.join(File.pathSeparator, classPath), "com.example.consumer.ConsumerApplication");
    }
}
