package io.github.dropwizardlogdna.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A program in a JVM of its own, on the classpath of the tests, whose ending is what a test is about. */
public final class ChildJvm implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path out;
    private final Path err;

    private ChildJvm(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts a program.
     *
     * @param directory an empty one, for its two streams
     * @param options of the JVM
     */
    public static ChildJvm start(Path directory, List<String> options, Class<?> main, String... arguments) {
        return start(directory, System.getProperty("java.class.path"), options, main, arguments);
    }

    /** Starts a program on another class path. */
    public static ChildJvm start(
            Path directory, String classPath, List<String> options, Class<?> main, String... arguments) {
        List<String> command = command(classPath, options, main, arguments);
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        return new ChildJvm(start(builder), out, err);
    }

    /** Starts a program with these variables in its environment. */
    public static ChildJvm startWith(
            Map<String, String> environment, Path directory, Class<?> main, String... arguments) {
        List<String> command = command(System.getProperty("java.class.path"), List.of(), main, arguments);
        Path out = directory.resolve("stdout");
        Path err = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        return new ChildJvm(start(builder), out, err);
    }

    /** Starts a program whose two streams are pipes that nobody reads. */
    public static ChildJvm startUnread(Path directory, Class<?> main, String... arguments) throws IOException {
        List<String> command = command(System.getProperty("java.class.path"), List.of(), main, arguments);
        Path nothing = Files.writeString(directory.resolve("unread"), "nobody reads it");
        return new ChildJvm(start(new ProcessBuilder(command)), nothing, nothing);
    }

    private static Process start(ProcessBuilder builder) {
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would print it to the standard error stream
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(String classPath, List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Short-lived: starts sooner than with the default compiler and collector.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Waits until the program prints something that matches, and returns the first group of it. */
    public String awaitOutput(Pattern pattern) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .failFast(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("The program has ended; " + this);
                    }
                })
                .until(() -> pattern.matcher(stdout()), Matcher::find)
                .group(1);
    }

    /** As {@code kill} does. Not by {@link Process#destroy}, which also closes the pipes that a test leaves unread. */
    public void sendSigterm() {
        process.toHandle().destroy();
    }

    /** As a container is stopped, and as long as it is told to: nothing of the program runs until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The program reads to the end of its input. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the program has ended, and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("The program has not ended after " + PATIENCE + "; " + this);
        }
        return process.exitValue();
    }

    public String stdout() {
        return read(out);
    }

    public String stderr() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it printed, for the message of a test that failed. */
    @Override
    public String toString() {
        return "stdout:\n" + stdout() + "\nstderr:\n" + stderr();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
