package io.github.dropwizardlogdna.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Other JVMs, with this one's classes. What they write to stderr shows on this one's. */
public final class Jvm {

    private Jvm() {}

    /**
     * Leaves standard output to the one line that the parent waits for: what libraries print goes to stderr, or it would
     * fill a pipe that nobody reads.
     */
    static PrintStream answers() {
        PrintStream answers = System.out;
        System.setOut(System.err);
        return answers;
    }

    /** Ends this process when it has not ended by itself: a contender that hangs must not stop the run. */
    static void endAfter(double seconds) {
        Thread watchdog = new Thread(
                () -> {
                    LockSupport.parkNanos((long) (seconds * 1e9));
                    Runtime.getRuntime().halt(2);
                },
                "watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }

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
