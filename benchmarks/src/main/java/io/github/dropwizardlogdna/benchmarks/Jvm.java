package io.github.dropwizardlogdna.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Starts other JVMs with the class path of this one. Their stderr goes to that of this one. */
public final class Jvm {

    /** Touched at the start, so that no page is used for the first time during a measurement. */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    private static final ObjectMapper JSON = new ObjectMapper();

    private Jvm() {}

    /**
     * Reserves standard output for the lines that the parent reads: what libraries print goes to stderr, or it would fill
     * a pipe that nobody reads.
     */
    public static PrintStream answers() {
        PrintStream answers = System.out;
        System.setOut(System.err);
        return answers;
    }

    /** How long the compilers of this JVM have worked, all of their threads together. */
    public static long compilationMillis() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /** Halts this process after some time: a contender that hangs must not block the run. */
    public static void endAfter(double seconds) {
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
     * Runs a main class in a JVM of its own, and returns its answer, which it prints as JSON in one line.
     *
     * @param options of the JVM, such as a profiler's; other lines that it prints are skipped
     * @param arguments none of which begins with a hyphen
     * @throws IOException if it ends without an answer
     */
    static <T> T ask(Class<T> answer, Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        return ask(answer, List.of(), main, options, arguments);
    }

    /** The same, with a prefix as that of a {@link ChildProcess}. */
    public static <T> T ask(
            Class<T> answer, List<String> prefix, Class<?> main, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> optionsAndArguments = new ArrayList<>(HEAP);
        optionsAndArguments.addAll(options);
        optionsAndArguments.addAll(List.of(arguments));
        Process process = start(prefix, main, optionsAndArguments.toArray(String[]::new));
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
        return start(List.of(), main, optionsAndArguments);
    }

    static Process start(List<String> prefix, Class<?> main, String... optionsAndArguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
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
