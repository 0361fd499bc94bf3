package io.github.dropwizardlogdna;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.SenderState;
import io.github.dropwizardlogdna.shipping.ShippingObserver;
import jakarta.annotation.Nullable;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in words what happens to an appender's lines, to the application's other appenders: what, to which appender, what
 * is kept or lost, what to do. Of each kind at most one message a minute.
 *
 * <p>Failures and recoveries are told on the sender's thread, which owns that state; drops on the batcher's; encoding
 * failures are counted on any.
 */
final class Reporter implements ShippingObserver {

    /** The name of the logger of these reports. What it logs is never shipped, but goes to all other appenders. */
    static final String LOGGER = "io.github.dropwizardlogdna";

    private static final Logger REPORTS = LoggerFactory.getLogger(LOGGER);
    private static final long A_MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final String appender;
    private final String endpoint;
    private final AppenderMetrics metrics;
    private final LongSupplier nanoTime;

    /** What the last report of a failure was about, and when. */
    @Nullable
    private Outcome reported;

    private long reportedAt;
    /** Whether the last report was of a failure, so that its end is news. */
    private boolean endIsNews;

    private long refusalReportedAt;
    private boolean refusalReported;

    private volatile boolean spoolReported;
    private volatile long spoolReportedAt;

    private final AtomicLong nextEncodingReport;

    Reporter(String appender, String endpoint, AppenderMetrics metrics, LongSupplier nanoTime) {
        this.appender = appender;
        this.endpoint = endpoint;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.nextEncodingReport = new AtomicLong(nanoTime.getAsLong());
    }

    static boolean isReport(String loggerName) {
        return loggerName.equals(LOGGER);
    }

    @Override
    public void progress() {
        metrics.update();
    }

    @Override
    public void requestEnded(long nanos) {
        metrics.requestEnded(nanos);
    }

    @Override
    public void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos) {
        long now = nanoTime.getAsLong();
        boolean sameAsBefore = reported == verdict.outcome();
        if (sameAsBefore && now - reportedAt < A_MINUTE) {
            return;
        }
        String message = "Appender '{}' can't deliver to {}: {}. {} {} kept; next attempt in {}.";
        Object[] arguments = {
            appender,
            endpoint,
            verdict.reason(),
            heldLines,
            heldLines == 1 ? "line is" : "lines are",
            words(retryInNanos)
        };
        if (verdict.outcome() == Outcome.RETRY) {
            REPORTS.warn(message, arguments);
        } else {
            REPORTS.error(message, arguments);
        }
        reported = verdict.outcome();
        reportedAt = now;
        endIsNews = true;
    }

    @Override
    public void deliveryRecovered(int failures, long nanos) {
        if (endIsNews) {
            endIsNews = false;
            REPORTS.info(
                    "Appender '{}' delivers to {} again, after {} failed {} in {}.",
                    appender,
                    endpoint,
                    failures,
                    failures == 1 ? "request" : "requests",
                    words(nanos));
        }
    }

    @Override
    public void linesRefused(Verdict verdict, int lines) {
        long now = nanoTime.getAsLong();
        if (!refusalReported || now - refusalReportedAt >= A_MINUTE) {
            refusalReported = true;
            refusalReportedAt = now;
            REPORTS.warn(
                    "Appender '{}': {} refused {} for good: {}. The others of the batch go on.",
                    appender,
                    endpoint,
                    lines == 1 ? "a line" : lines + " lines",
                    verdict.reason());
        }
    }

    @Override
    public void linesDropped(Map<DropReason, Long> dropped) {
        dropped.forEach((reason, lines) -> REPORTS.warn("Appender '{}': {}", appender, loss(reason, lines)));
    }

    @Override
    public void internalError(String what, Throwable error) {
        REPORTS.error(
                "Appender '{}': an error in {}. Shipping goes on; lines that are lost by it are counted as failed.",
                appender,
                what,
                error);
    }

    /** An event could only be shipped as its bare message. Any thread. */
    void encodingFailed() {
        long now = nanoTime.getAsLong();
        long next = nextEncodingReport.get();
        if (now - next >= 0 && nextEncodingReport.compareAndSet(next, now + A_MINUTE)) {
            REPORTS.warn(
                    "Appender '{}': an event could not be encoded and was shipped as its bare message. See what"
                            + " its arguments, key-value pairs or layout do; the next report follows in a minute"
                            + " at the earliest.",
                    appender);
        }
    }

    /**
     * The last words: what was abandoned, and what had not been told yet. To the standard error stream as well, because
     * Dropwizard has flushed the console appender before.
     */
    void ended(long abandoned, SenderState state, long kept, Map<DropReason, Long> untold) {
        untold.forEach((reason, lines) -> {
            if (reason != DropReason.ABANDONED) {
                lastWord(loss(reason, lines));
            }
        });
        if (abandoned > 0) {
            lastWord(abandoned + (abandoned == 1 ? " line was" : " lines were") + " abandoned, because " + endpoint
                    + " had not taken them when shutdownTimeout left no time for another attempt"
                    + (state.reason().isEmpty() ? "" : " (" + state.reason() + ")")
                    + ". Where that happens often, see why it doesn't, raise shutdownTimeout, or set spool.directory.");
        }
        if (kept > 0) {
            String what = kept + (kept == 1 ? " line is" : " lines are")
                    + " kept in the spool; the next start with this spool.directory delivers them.";
            REPORTS.info("Appender '{}': {}", appender, what);
            System.err.println("INFO  " + LOGGER + ": Appender '" + appender + "': " + what);
        }
    }

    @Override
    public void spoolFailed(String what, @Nullable Exception why) {
        long now = nanoTime.getAsLong();
        if (spoolReported && now - spoolReportedAt < A_MINUTE) {
            return;
        }
        spoolReported = true;
        spoolReportedAt = now;
        REPORTS.warn(
                "Appender '{}': {}{}. What the disk does not take is kept in memory, within bufferSize.",
                appender,
                what,
                why == null ? "" : ": " + why);
    }

    private void lastWord(String what) {
        REPORTS.error("Appender '{}': {}", appender, what);
        System.err.println("ERROR " + LOGGER + ": Appender '" + appender + "': " + what);
    }

    private static String loss(DropReason reason, long lines) {
        return lines + (lines == 1 ? " line was" : " lines were") + " dropped (" + reason.key() + "), because "
                + reason.because() + ".";
    }

    private static String words(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return time.toMillis() + " ms";
        }
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return time.toSeconds() + " s";
        }
        return time.toMinutes() + " min";
    }
}
