package io.github.dropwizardlogdna.appender;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Admits one event per interval on average, and bursts of up to a second, as Dropwizard's own {@code messageRate} does.
 * Unlike Dropwizard's, it is asked after the threshold and the filters, needs no lock, and lets the caller count the
 * denied events. Any thread.
 */
public final class MessageRate {

    private static final long BURST = TimeUnit.SECONDS.toNanos(1);

    private final long interval;
    private final LongSupplier nanoTime;
    /** The time at which the next event is due if events come evenly; at most a second in the past. */
    private final AtomicLong nextDue;

    /** Creates a limiter that admits the first event at once. */
    public MessageRate(long intervalNanos, LongSupplier nanoTime) {
        this.interval = intervalNanos;
        this.nanoTime = nanoTime;
        this.nextDue = new AtomicLong(nanoTime.getAsLong());
    }

    boolean tryAcquire() {
        while (true) {
            long now = nanoTime.getAsLong();
            long due = nextDue.get();
            if (due - now > 0) {
                return false;
            }
            long earliest = now - Math.max(0, BURST - interval);
            long from = due - earliest > 0 ? due : earliest;
            if (nextDue.compareAndSet(due, from + interval)) {
                return true;
            }
        }
    }
}
