package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.shipping.DeliveryState;
import io.github.dropwizardlogdna.shipping.DropReason;
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

/**
 * Reports the shipping events of one appender to the {@link ReportLog}: what happened, which lines are kept or lost, what to
 * do. Each {@link Message} appears at most once a minute.
 *
 * <p>Calls of {@link #deliveryFailed} and {@link #deliveryRecovered} must not overlap. Any thread may call any method.
 */
public final class Reporter implements ShippingObserver {

    private static final long A_MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** Stops at this depth in a cyclic chain of causes. */
    private static final int MAX_CAUSES = 20;

    private final String appender;
    private final String endpoint;
    private final LongSupplier nanoTime;
    private final SpoolReports spool;
    private final Consumer<Runnable> whenShown;

    /** The earliest time of the next report of each message, on the given clock. */
    private final Map<Message, AtomicLong> nextReport = new EnumMap<>(Message.class);

    /** Drops whose report was discarded; the next report includes them. */
    private final Map<DropReason, Long> unreported = new ConcurrentHashMap<>();

    private final AtomicBoolean linkageTraced = new AtomicBoolean();

    /** Whether delivery fails. Calls that don't overlap use this field and the next two: see the class comment. */
    private boolean failing;

    /** The time of the first failure in a row. */
    private long failingSince;

    /** Whether a failure was reported, so that the recovery must be reported as well. */
    private boolean failureReported;

    Reporter(String appender, String endpoint, LongSupplier nanoTime) {
        this(appender, endpoint, nanoTime, Runnable::run);
    }

    /**
     * Creates a reporter for an appender that may ship before the application's other appenders exist.
     *
     * @param endpoint the URL without its query
     * @param whenShown runs a report once another appender can show it
     */
    public Reporter(String appender, String endpoint, LongSupplier nanoTime, Consumer<Runnable> whenShown) {
        this.whenShown = whenShown;
        this.appender = appender;
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
        this.spool = new SpoolReports(appender, nanoTime, whenShown);
        long now = nanoTime.getAsLong();
        for (Message message : Message.values()) {
            nextReport.put(message, new AtomicLong(now));
        }
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
        String kept = ReportLog.counted(heldLines, "line is", "lines are");
        String remedy = Message.remedy(verdict.remedy());
        if (kind == Message.RETRYING && now - failingSince >= A_MINUTE) {
            logWhenShown(
                    Message.STILL_RETRYING,
                    appender,
                    endpoint,
                    words(now - failingSince),
                    verdict.reason(),
                    kept,
                    words(retryInNanos),
                    remedy);
        } else {
            logWhenShown(kind, appender, endpoint, verdict.reason(), kept, words(retryInNanos), remedy);
        }
        failureReported = true;
    }

    @Override
    public void deliveryRecovered(int failures, long nanos) {
        failing = false;
        if (failureReported) {
            failureReported = false;
            logWhenShown(
                    Message.RECOVERED,
                    appender,
                    endpoint,
                    ReportLog.counted(failures, "failed request", "failed requests"),
                    words(nanos));
        }
    }

    @Override
    public void linesRefused(Verdict verdict, int lines) {
        if (isDue(Message.REFUSED)) {
            logWhenShown(
                    Message.REFUSED,
                    appender,
                    endpoint,
                    lines == 1 ? "a line" : lines + " lines",
                    verdict.reason(),
                    lines == 1 ? "It is" : "They are",
                    Message.remedy(verdict.remedy()));
        }
    }

    /** Needs no limit of its own: the interface promises at most one call a minute for each reason. */
    @Override
    public void linesDropped(Map<DropReason, Long> dropped) {
        Map<DropReason, Long> all = withUnreported(dropped);
        whenShown.accept(() -> all.forEach((reason, lines) -> {
            if (!ReportLog.log(Message.DROPPED, loss(reason, lines))) {
                unreported.merge(reason, lines, Long::sum);
            }
        }));
    }

    @Override
    public void spoolTakenOver(int files, String directory) {
        logWhenShown(Message.SPOOL_TAKEN_OVER, appender, ReportLog.counted(files, "file", "files"), directory);
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
            logWhenShown(error, Message.INTERNAL_ERROR, appender, what);
        }
    }

    /** Reports a missing class or method, which no retry can mend. Logs the stack trace once. */
    public void linkageFailed(String what, Throwable error) {
        if (isDue(Message.LINKAGE_ERROR)) {
            Throwable traced = linkageTraced.compareAndSet(false, true) ? error : null;
            logWhenShown(traced, Message.LINKAGE_ERROR, appender, error, what, Versions.found(), Versions.NEEDED);
        }
    }

    /** Looks through the causes, because HTTP clients wrap the errors that they catch. */
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
        logWhenShown(Message.INTERRUPT_IGNORED, appender, thread);
    }

    @Override
    public void shippingFailed(String what, Throwable cause, long heldLines) {
        String held = ReportLog.counted(heldLines, "line", "lines");
        whenShown.accept(() -> ReportLog.logSurely(cause, Message.FAILED, appender, what, held));
    }

    /** Reports an event that was lost by an error, whose message may contain logged text and is not shown. */
    public void eventLost(Throwable error) {
        if (isDue(Message.EVENT_LOST)) {
            logWhenShown(Message.EVENT_LOST, appender, error.getClass().getName());
        }
    }

    /**
     * Reports that an event was shipped as its bare message.
     *
     * @param linkage the cause, if a class or a method is missing
     * @param sinceStart how many events were shipped so since the start
     */
    public void encodingFailed(@Nullable LinkageError linkage, long sinceStart) {
        if (linkage != null) {
            linkageFailed("the encoder, which ships the bare message instead", linkage);
        } else if (isDue(Message.NOT_ENCODED)) {
            logWhenShown(Message.NOT_ENCODED, appender, sinceStart);
        }
    }

    /**
     * Reports, at shutdown, the abandoned lines and all drops that were not reported before. Prints to the standard error
     * stream as well, because Dropwizard has already flushed the console appender. Waits up to two seconds until the
     * reports are written.
     *
     * @param kept the lines that the spool keeps
     */
    public void stopped(long abandoned, DeliveryState state, long kept, Map<DropReason, Long> unreportedDrops) {
        spool.end();
        withUnreported(unreportedDrops).forEach((reason, lines) -> {
            if (reason != DropReason.ABANDONED) {
                ReportLog.logAndPrint(Message.DROPPED_AT_SHUTDOWN, loss(reason, lines));
            }
        });
        if (abandoned > 0) {
            ReportLog.logAndPrint(
                    Message.ABANDONED,
                    appender,
                    ReportLog.counted(abandoned, "line was", "lines were"),
                    endpoint,
                    state.reason().isEmpty() ? "" : " (" + state.reason() + ")");
        }
        if (kept > 0) {
            ReportLog.logAndPrint(Message.KEPT, appender, ReportLog.counted(kept, "line is", "lines are"));
        }
        ReportLog.awaitWritten();
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

    private boolean isDue(Message message) {
        AtomicLong next = Objects.requireNonNull(nextReport.get(message));
        long now = nanoTime.getAsLong();
        long allowed = next.get();
        return now - allowed >= 0 && next.compareAndSet(allowed, now + A_MINUTE);
    }

    private void logWhenShown(Message message, Object... values) {
        logWhenShown(null, message, values);
    }

    private void logWhenShown(@Nullable Throwable cause, Message message, Object... values) {
        whenShown.accept(() -> ReportLog.log(cause, message, values));
    }

    private Object[] loss(DropReason reason, long lines) {
        return new Object[] {
            appender, ReportLog.counted(lines, "line was", "lines were"), reason.key(), Message.because(reason)
        };
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
