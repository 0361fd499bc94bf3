package io.github.dropwizardlogdna.benchmarks.receiver;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.Jvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The receiving end, as seen from the process whose lines it takes. Any thread. */
public final class ReceiverProcess implements AutoCloseable {

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_RECOVERY = TimeUnit.SECONDS.toNanos(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReentrantLock lock = new ReentrantLock();
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final int port;

    public ReceiverProcess() throws IOException {
        // Room for a run's compressed bodies, which are counted at its end.
        process = Jvm.start(Receiver.class, "-Xmx2g", "-XX:+UseSerialGC");
        answers = process.inputReader();
        commands = process.outputWriter();
        port = Integer.parseInt(answers.readLine());
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Begins new books. */
    public void reset() {
        ask("reset");
    }

    public ReceiverReport report() {
        try {
            return JSON.readValue(ask("report"), ReceiverReport.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of bodies that have arrived; cheaper than a report. */
    public long bytes() {
        return Long.parseLong(ask("bytes"));
    }

    /** Waits until nothing has come for so long; not longer than a minute. */
    public void awaitQuiet(Duration quiet) throws InterruptedException {
        long start = System.nanoTime();
        long since = start;
        long bytes = bytes();
        while (System.nanoTime() - since < quiet.toNanos() && System.nanoTime() - start < LONGEST_WAIT) {
            Thread.sleep(100);
            long now = bytes();
            if (now != bytes) {
                bytes = now;
                since = System.nanoTime();
            }
        }
    }

    /**
     * Waits until something has come since the last {@link #reset}, and then nothing for so long; not longer than a
     * minute and a half, after which an appender has tried again: what has not come by then is missing.
     */
    public void awaitArrivals(Duration quiet) throws InterruptedException {
        long start = System.nanoTime();
        while (bytes() == 0 && System.nanoTime() - start < LONGEST_RECOVERY) {
            Thread.sleep(100);
        }
        awaitQuiet(quiet);
    }

    public void behave(Mode mode) {
        ask(mode.name());
    }

    private String ask(String command) {
        lock.lock();
        try {
            commands.write(command + "\n");
            commands.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IOException("the receiving process has ended");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
