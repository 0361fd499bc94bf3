package io.github.dropwizardlogdna;

import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.SenderState;
import io.github.dropwizardlogdna.shipping.ShippingObserver;
import io.github.dropwizardlogdna.shipping.SpoolProblem;
import jakarta.annotation.Nullable;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what happens to an appender's lines to the application's other appenders: what, to which appender, what is kept
 * or lost, what to do. Of each {@link Message} at most one a minute.
 *
 * <p>A report is worded at once and logged by a thread of its own, because the application's appenders may block: no
 * delivery waits for a console that nobody reads.
 *
 * <p>Failures and recoveries are told on the sender's thread, which owns that state; drops on the batcher's; encoding
 * failures are counted on any.
 */
final class Reporter implements ShippingObserver {

    /** The name of the logger of these reports. What it logs is never shipped, but goes to all other appenders. */
    static final String LOGGER = "io.github.dropwizardlogdna";

    private static final Logger REPORTS = LoggerFactory.getLogger(LOGGER);
    private static final long A_MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** Ends a chain of causes that is a circle. */
    private static final int MAX_CAUSES = 20;

    /** To the logger, and to the standard error stream: one may be stuck and the other not. */
    private static final ReportQueue LOG = new ReportQueue(
            "logdna-reports",
            skipped -> REPORTS.warn(Message.REPORTS_SKIPPED.with(counted(skipped, "report is", "reports are"))));

    private static final ReportQueue STDERR = new ReportQueue("logdna-last-words", skipped -> {});

    private final String appender;
    private final String endpoint;
    private final AppenderMetrics metrics;
    private final LongSupplier nanoTime;
    private final SpoolReports spool;
    private final Consumer<Runnable> whenShown;

    /** When each message may be said again. */
    private final Map<Message, AtomicLong> nextReport = new EnumMap<>(Message.class);

    /** Drops of which the report was not written, to be added to the next. */
    private final Map<DropReason, Long> unreported = new ConcurrentHashMap<>();

    private final AtomicBoolean linkageTraced = new AtomicBoolean();

    /** Whether the last request failed, and since when they all do. The sender's, like the one below. */
    private boolean failing;

    private long failingSince;
    /** Whether the last report was of a failure, so that its end is news. */
    private boolean endIsNews;

    Reporter(String appender, String endpoint, AppenderMetrics metrics, LongSupplier nanoTime) {
        this(appender, endpoint, metrics, nanoTime, Runnable::run);
    }

    /**
     * For an appender that may ship before the application's other appenders are there.
     *
     * @param whenShown makes a report once somebody can see it
     */
    Reporter(
            String appender,
            String endpoint,
            AppenderMetrics metrics,
            LongSupplier nanoTime,
            Consumer<Runnable> whenShown) {
        this.whenShown = whenShown;
        this.appender = appender;
        this.endpoint = endpoint;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.spool = new SpoolReports(appender, nanoTime, whenShown);
        long now = nanoTime.getAsLong();
        for (Message message : Message.values()) {
            nextReport.put(message, new AtomicLong(now));
        }
    }

    static boolean isReport(@Nullable String loggerName) {
        return LOGGER.equals(loggerName);
    }

    /** Where the appender ships to, as it may be shown. */
    String endpoint() {
        return endpoint;
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
        if (!failing) {
            failing = true;
            failingSince = now;
        }
        Message kind =
                switch (verdict.outcome()) {
                    case KEY_REFUSED -> Message.KEY_REFUSED;
                    case SETTING_AT_FAULT, BAD_REQUEST, UNSUPPORTED_ENCODING -> Message.SETTING_AT_FAULT;
                    default -> Message.RETRYING;
                };
        if (!isDue(kind)) {
            return;
        }
        String kept = counted(heldLines, "line is", "lines are");
        String remedy = verdict.remedy().words();
        if (kind == Message.RETRYING && now - failingSince >= A_MINUTE) {
            sayWhenShown(
                    Message.STILL_RETRYING,
                    appender,
                    endpoint,
                    words(now - failingSince),
                    verdict.reason(),
                    kept,
                    words(retryInNanos),
                    remedy);
        } else {
            sayWhenShown(kind, appender, endpoint, verdict.reason(), kept, words(retryInNanos), remedy);
        }
        endIsNews = true;
    }

    @Override
    public void deliveryRecovered(int failures, long nanos) {
        failing = false;
        if (endIsNews) {
            endIsNews = false;
            say(
                    Message.RECOVERED,
                    appender,
                    endpoint,
                    counted(failures, "failed request", "failed requests"),
                    words(nanos));
        }
    }

    @Override
    public void linesRefused(Verdict verdict, int lines) {
        if (isDue(Message.REFUSED)) {
            say(
                    Message.REFUSED,
                    appender,
                    endpoint,
                    lines == 1 ? "a line" : lines + " lines",
                    verdict.reason(),
                    lines == 1 ? "It is" : "They are",
                    verdict.remedy().words());
        }
    }

    /** At most once a minute for each reason, as the interface says. */
    @Override
    public void linesDropped(Map<DropReason, Long> dropped) {
        withUnreported(dropped).forEach((reason, lines) -> {
            if (!say(Message.DROPPED, loss(reason, lines))) {
                unreported.merge(reason, lines, Long::sum);
            }
        });
    }

    @Override
    public void spoolTakenOver(int files, String directory) {
        sayWhenShown(Message.SPOOL_TAKEN_OVER, appender, counted(files, "file", "files"), directory);
    }

    @Override
    public void spoolProblem(SpoolProblem problem, String where, String details) {
        spool.report(problem, where, details);
    }

    @Override
    public void internalError(String what, Throwable error) {
        LinkageError linkage = linkageErrorIn(error);
        if (linkage != null) {
            linkageFailed(what, linkage);
        } else if (isDue(Message.INTERNAL_ERROR)) {
            say(error, Message.INTERNAL_ERROR, appender, what);
        }
    }

    /** A class or a method is missing, which no attempt will mend. The stack trace is logged once. Any thread. */
    void linkageFailed(String what, Throwable error) {
        if (isDue(Message.DOES_NOT_LINK)) {
            Throwable traced = linkageTraced.compareAndSet(false, true) ? error : null;
            say(traced, Message.DOES_NOT_LINK, appender, error, what, Versions.found(), Versions.NEEDED);
        }
    }

    /** HTTP clients wrap what they catch. */
    @Nullable
    private static LinkageError linkageErrorIn(Throwable error) {
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof LinkageError linkage) {
                return linkage;
            }
            cause = cause.getCause();
        }
        return null;
    }

    @Override
    public void interruptIgnored(String thread) {
        say(Message.INTERRUPT_IGNORED, appender, thread);
    }

    @Override
    public void shippingFailed(String what, Throwable cause, long heldLines) {
        say(cause, Message.FAILED, appender, what, counted(heldLines, "line", "lines"));
    }

    /**
     * An event could only be shipped as its bare message. Any thread.
     *
     * @param linkage the reason, if a class or a method is missing
     */
    void encodingFailed(@Nullable LinkageError linkage) {
        if (linkage != null) {
            linkageFailed("the encoder, which ships the bare message instead", linkage);
        } else if (isDue(Message.NOT_ENCODED)) {
            say(Message.NOT_ENCODED, appender);
        }
    }

    /**
     * The last words: what was abandoned, and what had not been reported yet. To the standard error stream as well, because
     * Dropwizard has flushed the console appender before. Waits until they are written, unless nobody reads them.
     */
    void ended(long abandoned, SenderState state, long kept, Map<DropReason, Long> untold) {
        spool.end();
        withUnreported(untold).forEach((reason, lines) -> {
            if (reason != DropReason.ABANDONED) {
                lastWord(Message.DROPPED_UNTOLD, loss(reason, lines));
            }
        });
        if (abandoned > 0) {
            lastWord(
                    Message.ABANDONED,
                    appender,
                    counted(abandoned, "line was", "lines were"),
                    endpoint,
                    state.reason().isEmpty() ? "" : " (" + state.reason() + ")");
        }
        if (kept > 0) {
            lastWord(Message.KEPT, appender, counted(kept, "line is", "lines are"));
        }
        awaitWritten();
    }

    private Map<DropReason, Long> withUnreported(Map<DropReason, Long> dropped) {
        Map<DropReason, Long> all = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            Long before = unreported.remove(reason);
            long lines = dropped.getOrDefault(reason, 0L) + (before == null ? 0 : before);
            if (lines > 0) {
                all.put(reason, lines);
            }
        }
        return all;
    }

    /** Waits until all reports are written, unless they are stuck. */
    static void awaitWritten() {
        LOG.awaitWritten();
        STDERR.awaitWritten();
    }

    private boolean isDue(Message message) {
        AtomicLong next = Objects.requireNonNull(nextReport.get(message));
        long now = nanoTime.getAsLong();
        long allowed = next.get();
        return now - allowed >= 0 && next.compareAndSet(allowed, now + A_MINUTE);
    }

    private void sayWhenShown(Message message, Object... values) {
        whenShown.accept(() -> say(message, values));
    }

    /** Reports to the appenders that show the logger {@value #LOGGER}; returns false if too many reports are waiting. */
    static boolean say(Message message, Object... values) {
        return say(null, message, values);
    }

    private static boolean say(@Nullable Throwable cause, Message message, Object... values) {
        String text = message.with(values);
        return LOG.offer(() -> REPORTS.atLevel(message.level())
                .setMessage(text)
                .setCause(cause)
                .log());
    }

    /** Reports what an appender was built for, in words that are made already. Any thread. */
    static void inform(String text) {
        LOG.offer(() -> REPORTS.info(text));
    }

    /** So many appenders may hold so many bytes in all, too much for the heap. Any thread. */
    static void buffersTooLarge(int appenders, long bytes, long heap) {
        say(
                Message.BUFFERS_TOO_LARGE,
                appenders == 1 ? "The buffer of 1 appender" : "The buffers of " + appenders + " appenders",
                HeapShare.inMebibytes(bytes),
                HeapShare.inMebibytes(heap));
    }

    private static void lastWord(Message message, Object... values) {
        say(message, values);
        String text = message.level() + " " + LOGGER + ": " + message.with(values);
        STDERR.offer(() -> System.err.println(text));
    }

    private Object[] loss(DropReason reason, long lines) {
        return new Object[] {appender, counted(lines, "line was", "lines were"), reason.key(), reason.because()};
    }

    private static String counted(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
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
