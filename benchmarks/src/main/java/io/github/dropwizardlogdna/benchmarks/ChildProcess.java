package io.github.dropwizardlogdna.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A child process that answers each line on its standard input with one line on its standard output, after a first line
 * of its own accord. It ends with its input, so that none outlives its parent. Any thread.
 */
public final class ChildProcess implements AutoCloseable {

    private static final long SECONDS_TO_END = 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final String greeting;

    /** What the child does for a command. */
    @FunctionalInterface
    public interface Handler {
        String answer(String command) throws Exception;
    }

    /**
     * Starts it, and waits for its first line.
     *
     * @param prefix what the command begins with, such as {@code ip netns exec far}; may be empty
     */
    public ChildProcess(List<String> prefix, Class<?> main, String... optionsAndArguments) throws IOException {
        process = Jvm.start(prefix, main, optionsAndArguments);
        answers = process.inputReader();
        commands = process.outputWriter();
        greeting = answer();
    }

    /** Within the child: says hello, then answers commands until the input ends. */
    public static void serve(PrintStream out, String greeting, Handler handler) throws Exception {
        out.println(greeting);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = in.readLine(); command != null; command = in.readLine()) {
            out.println(handler.answer(command));
        }
    }

    /** The first line of the child. */
    public String greeting() {
        return greeting;
    }

    public String ask(String command) {
        lock.lock();
        try {
            commands.write(command + "\n");
            commands.flush();
            return answer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private String answer() throws IOException {
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the child process has ended");
        }
        return answer;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
