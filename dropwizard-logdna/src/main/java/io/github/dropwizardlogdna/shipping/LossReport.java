package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells of lines that were dropped: the observer at most once a minute for each reason, and the endpoint, once there is
 * room again, by a line that says how many are missing, as often. Owned by the batcher's thread, but for
 * {@link #wasNotice}, which the sender asks, and {@link #hurry}, which is for who ends it all.
 */
final class LossReport {

    static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    private final Ledger ledger;
    private final HandOff handOff;
    private final ShippingObserver observer;
    private final NoticeEncoder notices;
    private final Map<DropReason, Told> told = new EnumMap<>(DropReason.class);

    private final Runnable wakeBatcher;

    /**
     * Set while a drop need not wake the batcher, because it wakes by itself to report. The batcher lowers it and then
     * looks at the counts; a thread that drops a line counts it and then looks here: one of them sees the other.
     */
    private volatile boolean reportPending;

    private long noticedAt = NEVER;
    /** Set by who is about to end it, taken back by the batcher once it has done what it could. */
    private volatile boolean hurried;

    @Nullable
    private volatile byte[] lastNotice;

    LossReport(Ledger ledger, HandOff handOff, ShippingObserver observer, NoticeEncoder notices, Runnable wakeBatcher) {
        this.ledger = ledger;
        this.handOff = handOff;
        this.observer = observer;
        this.notices = notices;
        this.wakeBatcher = wakeBatcher;
        for (DropReason reason : DropReason.values()) {
            if (reason != DropReason.ABANDONED) { // told by who ends it: there is nobody here any more then
                told.put(reason, new Told());
            }
        }
    }

    /**
     * Tells what is due at {@code now}, and returns after how many nanoseconds there is something to tell again, as far
     * as is known now.
     */
    long step(long now) {
        long seen = ledger.dropped();
        long next = report(now);
        if (next != Signal.FOREVER) {
            reportPending = true;
            return next;
        }
        reportPending = false;
        return ledger.dropped() == seen
                ? Signal.FOREVER
                : 0; // what came in between may have found that it need not wake
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
        long next = Math.min(tellObserver(now), tellEndpoint(now));
        if (last) {
            hurried = false;
        }
        return next;
    }

    /** Has the endpoint told at the next step, however short it is since the last time. Any thread. */
    void hurry() {
        hurried = true;
    }

    /** Whether that step is still to come. Any thread. */
    boolean isHurried() {
        return hurried;
    }

    private long tellObserver(long now) {
        long next = Signal.FOREVER;
        Map<DropReason, Long> due = new EnumMap<>(DropReason.class);
        for (Map.Entry<DropReason, Told> each : told.entrySet()) {
            Told before = each.getValue();
            long fresh = ledger.dropped(each.getKey()) - before.observed;
            if (fresh > 0) {
                long wait = untilAllowed(before.observedAt, now);
                if (wait == 0) {
                    due.put(each.getKey(), fresh);
                    before.observed += fresh;
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

    /** Whether observer and endpoint have been told of every drop. Any thread, but exact for the batcher only. */
    boolean isAllTold() {
        for (Map.Entry<DropReason, Told> each : told.entrySet()) {
            long dropped = ledger.dropped(each.getKey());
            if (dropped > each.getValue().observed
                    || dropped > each.getValue().noticed.get()) {
                return false;
            }
        }
        return true;
    }

    /** What has been dropped and not been told to the observer yet: the rest, at an ending. */
    Map<DropReason, Long> untold() {
        Map<DropReason, Long> rest = new EnumMap<>(DropReason.class);
        told.forEach((reason, before) -> {
            long fresh = ledger.dropped(reason) - before.observed;
            if (fresh > 0) {
                rest.put(reason, fresh);
                before.observed += fresh;
            }
        });
        return rest;
    }

    private long tellEndpoint(long now) {
        Map<DropReason, Long> missing = new EnumMap<>(DropReason.class);
        told.forEach((reason, before) -> {
            long fresh = ledger.dropped(reason) - before.noticed.get();
            if (fresh > 0) {
                missing.put(reason, fresh);
            }
        });
        if (missing.isEmpty()) {
            return Signal.FOREVER;
        }
        long wait = untilAllowed(noticedAt, now);
        if (wait > 0) {
            return wait;
        }
        byte[] notice = encoded(words(missing));
        if (notice == null) {
            noticedAt = now; // in a minute again, rather than at each step
            return INTERVAL;
        }
        lastNotice = notice;
        // In line with all others, and like the least of them: it must not take the room of what it is about.
        if (handOff.append(notice, notice.length, 1, true) == Admission.ACCEPTED) {
            noticedAt = now;
            missing.forEach(this::noticed);
            return Signal.FOREVER;
        }
        return INTERVAL; // a batch that makes room makes the batcher step earlier
    }

    /** A line of our own, as it would be handed over. Any thread. */
    byte[] encodedNotice(String text) {
        return notices.encode(text);
    }

    /** Null where it can't be encoded: that must not keep the lines of the application from being shipped. */
    @Nullable
    private byte[] encoded(String text) {
        try {
            return notices.encode(text);
        } catch (RuntimeException | Error e) {
            observer.internalError("what encodes the notice of missing lines", e);
            return null;
        }
    }

    private static long untilAllowed(long last, long now) {
        return last == NEVER ? 0 : Math.max(0, last + INTERVAL - now);
    }

    /** Whether a line that was just dropped for {@code reason} was the last notice; if so it makes no new one. */
    boolean wasNotice(byte[] line, DropReason reason) {
        if (Arrays.equals(line, lastNotice)) {
            noticed(reason, 1);
            return true;
        }
        return false;
    }

    private void noticed(DropReason reason, long lines) {
        Told before = told.get(reason);
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

    /** How many lines dropped for one reason have been told. */
    private static final class Told {
        long observed;
        long observedAt = NEVER;
        /** What notices have told; the sender adds the notices that were themselves lost, which make no new ones. */
        final AtomicLong noticed = new AtomicLong();
    }
}
