package io.github.dropwizardlogdna.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other JVMs, with this one's classes. What they write to stderr shows on this one's. */
public final class Jvm {

    private Jvm() {}

    /** Starts a main class; options begin with a hyphen, and end with the first argument that does not. */
    public static Process start(Class<?> main, String... optionsAndArguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        int next = 0;
        while (next < optionsAndArguments.length && optionsAndArguments[next].startsWith("-")) {
            command.add(optionsAndArguments[next++]);
        }
        command.add(main.getName());
        command.addAll(List.of(optionsAndArguments).subList(next, optionsAndArguments.length));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
