package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reports dropped lines: to the observer at most once a minute for each reason, and to the endpoint, once there is room
 * again, as often, by a line with the number of missing lines.
 *
 * <p>The batcher calls {@link #step}. A shutdown calls {@link #takeUnreported}, at a time when the batcher has ended or hangs
 * in a disk. The other methods may be called by any thread.
 */
final class DropReporter {

    static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    private final Counters counters;
    private final LineQueue queue;
    private final ShippingObserver observer;
    private final LineForm notices;
    private final Map<DropReason, Reported> reported = new EnumMap<>(DropReason.class);

    private final Runnable wakeBatcher;

    /**
     * Set while a drop need not wake the batcher, because it wakes by itself to report. The batcher clears it and then reads
     * the counts; a thread that drops a line counts it and then reads this flag: one of them sees the other.
     */
    private volatile boolean reportPending;

    private long noticedAt = NEVER;
    /** Set by a shutdown; cleared by the batcher once it has reported. */
    private volatile boolean hurried;

    @Nullable
    private volatile byte[] lastNotice;

    DropReporter(
            Counters counters, LineQueue queue, ShippingObserver observer, LineForm notices, Runnable wakeBatcher) {
        this.counters = counters;
        this.queue = queue;
        this.observer = observer;
        this.notices = notices;
        this.wakeBatcher = wakeBatcher;
        for (DropReason reason : DropReason.values()) {
            if (reason != DropReason.ABANDONED) { // reported by the shutdown, after the batcher has ended
                reported.put(reason, new Reported());
            }
        }
    }

    /**
     * Makes the reports that are due at {@code now}, and returns after how many nanoseconds the next is due, as far as is
     * known.
     */
    long step(long now) {
        long seen = counters.dropped();
        long next = report(now);
        if (next != WakeSignal.FOREVER) {
            reportPending = true;
            return next;
        }
        reportPending = false;
        return counters.dropped() == seen ? WakeSignal.FOREVER : 0; // a drop in between may not have woken the batcher
    }

    /** Lines were dropped, and counted. Any thread. */
    void dropped() {
        if (!reportPending) {
            reportPending = true;
            wakeBatcher.run();
        }
    }

    private long report(long now) {
        boolean last = hurried;
        if (last) {
            noticedAt = NEVER;
        }
        long next = Math.min(reportToObserver(now), reportToEndpoint(now));
        if (last) {
            hurried = false;
        }
        return next;
    }

    /** Makes the next step report to the endpoint, however recent the last report was. Any thread. */
    void hurry() {
        hurried = true;
    }

    /** Whether that step has not happened yet. Any thread. */
    boolean isHurried() {
        return hurried;
    }

    private long reportToObserver(long now) {
        long next = WakeSignal.FOREVER;
        Map<DropReason, Long> due = new EnumMap<>(DropReason.class);
        for (Map.Entry<DropReason, Reported> each : reported.entrySet()) {
            Reported before = each.getValue();
            long fresh = counters.dropped(each.getKey()) - before.observed.get();
            if (fresh > 0) {
                long wait = untilAllowed(before.observedAt, now);
                if (wait == 0) {
                    due.put(each.getKey(), fresh);
                    before.observed.addAndGet(fresh);
                    before.observedAt = now;
                } else {
                    next = Math.min(next, wait);
                }
            }
        }
        if (!due.isEmpty()) {
            observer.linesDropped(due);
        }
        return next;
    }

    /** Whether all drops were reported to both. Any thread, but exact for the batcher only. */
    boolean isAllReported() {
        for (Map.Entry<DropReason, Reported> each : reported.entrySet()) {
            long dropped = counters.dropped(each.getKey());
            if (dropped > each.getValue().observed.get()
                    || dropped > each.getValue().noticed.get()) {
                return false;
            }
        }
        return true;
    }

    /** Drops that were not reported to the observer yet, and count as reported now. For a shutdown. */
    Map<DropReason, Long> takeUnreported() {
        Map<DropReason, Long> rest = new EnumMap<>(DropReason.class);
        reported.forEach((reason, before) -> {
            long fresh = counters.dropped(reason) - before.observed.get();
            if (fresh > 0) {
                rest.put(reason, fresh);
                before.observed.addAndGet(fresh);
            }
        });
        return rest;
    }

    private long reportToEndpoint(long now) {
        Map<DropReason, Long> missing = new EnumMap<>(DropReason.class);
        reported.forEach((reason, before) -> {
            long fresh = counters.dropped(reason) - before.noticed.get();
            if (fresh > 0) {
                missing.put(reason, fresh);
            }
        });
        if (missing.isEmpty()) {
            return WakeSignal.FOREVER;
        }
        long wait = untilAllowed(noticedAt, now);
        if (wait > 0) {
            return wait;
        }
        byte[] notice = encoded(words(missing));
        if (notice == null) {
            noticedAt = now; // try again in a minute, not at each step
            return INTERVAL;
        }
        lastNotice = notice;
        // Queued like any discardable line: it must not take the room of the lines it is about.
        if (queue.append(notice, notice.length, 1, true) == AppendResult.ACCEPTED) {
            noticedAt = now;
            missing.forEach(this::noticed);
            return WakeSignal.FOREVER;
        }
        return INTERVAL; // a batch that makes room makes the batcher step earlier
    }

    /** A line of the shipper itself, in the form of appended lines. Any thread. */
    byte[] encodedNotice(String text) {
        return notices.encode(text);
    }

    /** Null if the encoder fails, which must not keep the lines of the application from being shipped. */
    @Nullable
    private byte[] encoded(String text) {
        try {
            return notices.encode(text);
        } catch (RuntimeException | Error e) {
            observer.internalError("the encoder of the notice of missing lines", e);
            return null;
        }
    }

    private static long untilAllowed(long last, long now) {
        return last == NEVER ? 0 : Math.max(0, last + INTERVAL - now);
    }

    /** A line was dropped, and counted. If it was the last notice, it causes no new one. Any thread. */
    void lineDropped(byte[] line, DropReason reason) {
        if (Arrays.equals(line, lastNotice)) {
            noticed(reason, 1);
        }
    }

    private void noticed(DropReason reason, long lines) {
        Reported before = reported.get(reason);
        if (before != null) {
            before.noticed.addAndGet(lines);
        }
    }

    private static String words(Map<DropReason, Long> missing) {
        long all = missing.values().stream().mapToLong(Long::longValue).sum();
        StringJoiner reasons = new StringJoiner(", ");
        missing.forEach((reason, lines) -> reasons.add(lines + " " + reason.key()));
        return all + (all == 1 ? " line is" : " lines are") + " missing before this one (" + reasons + ")";
    }

    /** How many of the lines dropped for one reason were reported. */
    private static final class Reported {
        /** Reported to the observer. */
        final AtomicLong observed = new AtomicLong();
        /** The batcher's. */
        long observedAt = NEVER;
        /** Reported to the endpoint. A sender adds notices that were dropped themselves, which cause no new ones. */
        final AtomicLong noticed = new AtomicLong();
    }
}
