package io.github.dropwizardlogdna.benchmarks.receiver;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.ChildProcess;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The receiving end, seen from the process that ships to it. Any thread. */
public final class ReceiverProcess implements AutoCloseable {

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_RECOVERY = TimeUnit.SECONDS.toNanos(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChildProcess process;
    private final String scheme;
    private final String address;

    /** On loopback, without TLS. */
    public ReceiverProcess() throws IOException {
        this(null);
    }

    /** On loopback. */
    public ReceiverProcess(@Nullable KeyStoreFile tls) throws IOException {
        this(List.of(), "127.0.0.1", tls);
    }

    /**
     * Starts the receiving end.
     *
     * @param prefix see {@link ChildProcess}
     * @param address to listen on
     * @param tls null for plain HTTP
     */
    public ReceiverProcess(List<String> prefix, String address, @Nullable KeyStoreFile tls) throws IOException {
        this.scheme = tls == null ? "http" : "https";
        this.address = address;
        // Room for a run's compressed bodies, which are counted at its end.
        List<String> arguments = new ArrayList<>(List.of("-Xmx2g", "-XX:+UseSerialGC", address));
        if (tls != null) {
            arguments.add(tls.path().toString());
        }
        process = new ChildProcess(prefix, Receiver.class, arguments.toArray(String[]::new));
    }

    public URI uri() {
        return URI.create(scheme + "://" + address + ":" + process.greeting());
    }

    /** Forgets what has arrived. */
    public void reset() {
        process.ask("reset");
    }

    public ReceiverReport report() {
        return report("report");
    }

    /** The report up to this moment, while more arrives; forgets what has arrived. */
    public ReceiverReport take() {
        return report("take");
    }

    private ReceiverReport report(String command) {
        try {
            return JSON.readValue(process.ask(command), ReceiverReport.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes of bodies that have arrived; cheaper than a report. */
    public long bytes() {
        return Long.parseLong(process.ask("bytes"));
    }

    /** {@link System#nanoTime} when the first body since the last {@link #reset} had arrived; zero if none has. */
    public long firstArrivalAt() {
        return Long.parseLong(process.ask("first"));
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
        process.ask(mode.name());
    }

    @Override
    public void close() {
        process.close();
    }
}
