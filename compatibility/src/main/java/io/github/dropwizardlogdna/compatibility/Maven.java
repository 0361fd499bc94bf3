package io.github.dropwizardlogdna.compatibility;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Maven as a process of its own, with a local repository of its own. */
final class Maven {
    private static final int MINUTES = 10;

    private final Path repository;

    Maven(Path repository) {
        this.repository = repository;
    }

    /** Returns what Maven prints. */
    String run(Path directory, List<String> arguments) throws IOException, InterruptedException {
        boolean windows = File.separatorChar == '\\';
        List<String> command = new ArrayList<>(List.of(windows ? "mvn.cmd" : "mvn", "-B", "-ntp"));
        command.add("-Dmaven.repo.local=" + repository);
        command.addAll(arguments);
        Path output = Files.createTempFile("compatibility-maven", ".log");
        try {
            Process maven = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = maven.waitFor(MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                maven.destroyForcibly().waitFor();
            }
            String printed = Files.readString(output);
            if (!ended || maven.exitValue() != 0) {
                throw new IOException(
                        String.join(" ", command) + (ended ? " failed" : " took more than " + MINUTES + " min") + " in "
                                + directory + ":" + System.lineSeparator() + printed);
            }
            if (printed.contains("could not be activated because it does not exist")) {
                throw new IOException("A profile of " + arguments + " is not in the POM of " + directory);
            }
            return printed;
        } finally {
            Files.delete(output);
        }
    }
}
