package io.github.dropwizardlogdna.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Other JVMs, with this one's classes. What they write to stderr shows on this one's. */
public final class Jvm {

    /** Touched beforehand, so that what is measured is no first use of a page. */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    private static final ObjectMapper JSON = new ObjectMapper();

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

    /**
     * Runs a main class that measures something, in a JVM of its own, and returns what it answers, as JSON in a line.
     *
     * @param options of the JVM, such as a profiler's; what they make it print before the answer is passed over
     * @param arguments none of which begins with a hyphen
     * @throws IOException if it ends without an answer
     */
    static <T> T ask(Class<T> answer, Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> optionsAndArguments = new ArrayList<>(HEAP);
        optionsAndArguments.addAll(options);
        optionsAndArguments.addAll(List.of(arguments));
        Process process = start(main, optionsAndArguments.toArray(String[]::new));
        String line = process.inputReader()
                .lines()
                .filter(printed -> printed.startsWith("{"))
                .findFirst()
                .orElse(null);
        if (process.waitFor() != 0 || line == null) {
            throw new IOException(main.getSimpleName() + " ended with " + process.exitValue());
        }
        return JSON.readValue(line, answer);
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
