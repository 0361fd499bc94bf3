package io.github.dropwizardlogdna;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.dropwizardlogdna.ingestion.Body;
import io.github.dropwizardlogdna.ingestion.ClientThread;
import io.github.dropwizardlogdna.ingestion.ConnectionProbe;
import io.github.dropwizardlogdna.ingestion.ConnectionProbe.Finding;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.ingestion.IngestionUri;
import io.github.dropwizardlogdna.ingestion.JerseyIngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Remedy;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.line.LineFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/**
 * Goes the way of one appender's lines, a step at a time, and prints how far it gets; at its end it sends one line, by the
 * same client as the appender. Used by one thread, once.
 *
 * <p>Each step runs on a thread of its own, of which nothing is logged, and which is left behind if it is stuck.
 */
final class EndpointCheck {

    /** What to look for in the log viewer. */
    static final String TEXT = "logdna-check: a test line";

    /** What a step may take beyond its own time-outs before it is taken for stuck. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** What ends a line that was encoded. */
    private static final String SEPARATOR = ",\n";

    private final IngestionSettings settings;
    private final LineFormat<ILoggingEvent> format;
    private final boolean gzip;

    EndpointCheck(IngestionSettings settings, LineFormat<ILoggingEvent> format, boolean gzip) {
        this.settings = settings;
        this.format = format;
        this.gzip = gzip;
    }

    /** Returns whether the endpoint took the line. */
    boolean run(PrintStream out) throws InterruptedException {
        row(out, "endpoint", IngestionUri.withoutQuery(settings.endpoint()));
        Finding last = way(out);
        if (last.good()) {
            last = delivery(out);
        }
        if (last.good()) {
            out.println("  OK: the test line was taken. Look for \"" + TEXT + "\", app '" + format.app()
                    + "', in the log viewer.");
        } else {
            out.println("  FAILED: the test line was not taken.");
            out.println("  What to do: " + last.remedy().words());
        }
        return last.good();
    }

    /** The steps before the request. */
    private Finding way(PrintStream out) throws InterruptedException {
        try (ConnectionProbe probe = new ConnectionProbe(settings)) {
            row(out, "proxy", probe.proxyInWords());
            Duration connecting = settings.connectionTimeout();
            Finding last = step(out, "host", connecting.plus(GRACE), probe::lookUp);
            if (last.good()) {
                Duration all = connecting.plus(settings.timeout()).plus(GRACE);
                last = step(out, "connection", all, probe::connect);
            }
            if (!last.good()) {
                return last;
            }
            if (!probe.isSecure()) {
                row(out, "TLS", "none: endpoint is http, so that the key and the lines travel readable");
                return last;
            }
            if (probe.isProxied()) {
                row(out, "TLS", "through the proxy, with the request");
                return last;
            }
            return step(out, "TLS", settings.timeout().plus(GRACE), probe::handshake);
        }
    }

    private static Finding step(PrintStream out, String name, Duration limit, Callable<Finding> step)
            throws InterruptedException {
        Finding stuck = new Finding(false, "no end of it within " + limit.toMillis() + " ms", Remedy.HOST_NAME);
        return step(out, name, limit, stuck, step);
    }

    /** By a client that nobody else uses; its thread is the one that sends. */
    private Finding delivery(PrintStream out) throws InterruptedException {
        JerseyIngestionClient client = new JerseyIngestionClient(settings);
        Duration limit = settings.connectionTimeout()
                .plus(settings.timeout())
                .multipliedBy(2)
                .plus(GRACE);
        Finding stuck = new Finding(false, "no end of it within " + limit.toMillis() + " ms", Remedy.PATIENCE);
        return step(out, "request", limit, stuck, () -> send(client));
    }

    private Finding send(JerseyIngestionClient client) {
        try (client) {
            Verdict verdict = client.send(body(gzip));
            if (verdict.outcome() == Outcome.UNSUPPORTED_ENCODING && gzip) {
                verdict = client.send(body(false)); // as an appender does, for the rest of its run
            }
            return new Finding(verdict.outcome() == Outcome.DELIVERED, verdict.reason(), verdict.remedy());
        }
    }

    private Body body(boolean compressed) {
        byte[] line = new Notices(format, Level.INFO).encode(TEXT);
        String text = "{\"lines\":[" + new String(line, 0, line.length - SEPARATOR.length(), UTF_8) + "]}";
        byte[] plain = text.getBytes(UTF_8);
        return new Body(compressed ? compressed(plain) : plain, compressed, 1);
    }

    private static byte[] compressed(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not to memory
        }
        return bytes.toByteArray();
    }

    /** Runs a step, waits for it, and prints what it found, and how long it took. */
    private static Finding step(PrintStream out, String name, Duration limit, Finding stuck, Callable<Finding> step)
            throws InterruptedException {
        FutureTask<Finding> task = new FutureTask<>(step);
        ClientThread.start("logdna-check", task);
        long start = System.nanoTime();
        Finding finding;
        try {
            finding = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            finding = stuck;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the check failed at " + name, e.getCause());
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        row(out, name, finding.words() + " (" + millis + " ms)");
        return finding;
    }

    private static void row(PrintStream out, String name, String words) {
        out.printf("  %-10s  %s%n", name, words);
    }
}
