package io.github.dropwizardlogdna.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.github.dropwizardlogdna.ingestion.ClientThread;
import io.github.dropwizardlogdna.ingestion.ConnectionProbe;
import io.github.dropwizardlogdna.ingestion.ConnectionProbe.Finding;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.ingestion.IngestionUri;
import io.github.dropwizardlogdna.ingestion.JerseyIngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Remedy;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.report.Message;
import io.github.dropwizardlogdna.report.OwnLineEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/**
 * Tests the connection of one appender step by step, and finally sends one line with the appender's own client. Used by
 * one thread, once.
 *
 * <p>Each step runs on a thread of its own, whose log events are dropped; a stuck thread is abandoned.
 */
public final class EndpointCheck {

    /** The text of the test line. */
    static final String TEXT = "logdna-check: a test line";

    /** The time that a step may take beyond its own timeouts before it counts as stuck. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** The end of an encoded line. */
    private static final String SEPARATOR = ",\n";

    private final IngestionSettings settings;
    private final LineFormat<ILoggingEvent> format;
    private final boolean gzip;

    /**
     * Creates the check.
     *
     * @param format the format of the test line
     * @param gzip whether the appender compresses
     */
    public EndpointCheck(IngestionSettings settings, LineFormat<ILoggingEvent> format, boolean gzip) {
        this.settings = settings;
        this.format = format;
        this.gzip = gzip;
    }

    /** Returns whether the endpoint took the line. */
    boolean run(CheckReport report) throws InterruptedException {
        report.fact("endpoint", IngestionUri.withoutQuery(settings.endpoint()));
        Finding last = connect(report);
        if (last.good()) {
            last = deliver(report);
        }
        if (last.good()) {
            report.delivered(format.app());
        } else {
            report.failed("the test line was not taken.", Message.remedy(last.remedy()));
        }
        return last.good();
    }

    /** The steps before the request. */
    private Finding connect(CheckReport report) throws InterruptedException {
        try (ConnectionProbe probe = new ConnectionProbe(settings)) {
            report.fact("proxy", probe.proxyInWords());
            Duration connecting = settings.connectionTimeout();
            Finding last = step(report, "host", connecting.plus(GRACE), Remedy.HOST_NAME, probe::lookUp);
            if (last.good()) {
                Duration all = connecting.plus(settings.timeout()).plus(GRACE);
                last = step(report, "connection", all, Remedy.NETWORK, probe::connect);
            }
            if (!last.good()) {
                return last;
            }
            if (!probe.isSecure()) {
                report.fact("TLS", "none: endpoint is http, so the key and the lines are sent in clear text");
                return last;
            }
            if (probe.isProxied()) {
                report.fact("TLS", "through the proxy, with the request");
                return last;
            }
            return step(report, "TLS", settings.timeout().plus(GRACE), Remedy.TLS, probe::handshake);
        }
    }

    /** Sends the line with a client of its own. */
    private Finding deliver(CheckReport report) throws InterruptedException {
        JerseyIngestionClient client = new JerseyIngestionClient(settings);
        Duration limit = settings.connectionTimeout()
                .plus(settings.timeout())
                .multipliedBy(2)
                .plus(GRACE);
        return step(report, "request", limit, Remedy.PATIENCE, () -> send(client));
    }

    private Finding send(JerseyIngestionClient client) {
        try (client) {
            Verdict verdict = client.send(body(gzip));
            if (verdict.outcome() == Outcome.UNSUPPORTED_ENCODING && gzip) {
                verdict = client.send(body(false)); // as an appender does
            }
            return new Finding(verdict.outcome() == Outcome.DELIVERED, verdict.reason(), verdict.remedy());
        }
    }

    private RequestBody body(boolean compressed) {
        byte[] line = new OwnLineEncoder(format, Level.INFO).encode(TEXT);
        String text = "{\"lines\":[" + new String(line, 0, line.length - SEPARATOR.length(), UTF_8) + "]}";
        byte[] plain = text.getBytes(UTF_8);
        return new RequestBody(compressed ? compressed(plain) : plain, compressed, 1);
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

    /**
     * Runs a step, waits for it within the limit, and reports its result.
     *
     * @param ifStuck the remedy if the step does not end
     */
    private static Finding step(CheckReport report, String name, Duration limit, Remedy ifStuck, Callable<Finding> step)
            throws InterruptedException {
        FutureTask<Finding> task = new FutureTask<>(step);
        ClientThread.start("logdna-check", task);
        long start = System.nanoTime();
        Finding finding;
        try {
            finding = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            finding = new Finding(false, "did not end within " + limit.toMillis() + " ms", ifStuck);
        } catch (ExecutionException e) {
            // The other appenders must be checked as well. The message may contain a secret.
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            finding = new Finding(
                    false,
                    "failed with " + cause.getClass().getName(),
                    cause instanceof LinkageError ? Remedy.CLASS_PATH : ifStuck);
        }
        report.step(name, finding.good(), finding.words(), millisSince(start));
        return finding;
    }

    static long millisSince(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
}
