package io.github.dropwizardlogdna;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets one event pass an interval, on average, and up to a second's worth at once, as Dropwizard's own
 * {@code messageRate} does; but takes no permit for an event that the threshold or a filter denies, needs no lock, and
 * its caller can count what it turned away. Any thread.
 */
final class MessageRate {

    private static final long BURST = TimeUnit.SECONDS.toNanos(1);

    private final long interval;
    private final LongSupplier nanoTime;
    /** When the next event would be due if all came evenly; runs ahead of the clock by a second at the most. */
    private final AtomicLong nextDue;

    MessageRate(long intervalNanos, LongSupplier nanoTime) {
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
