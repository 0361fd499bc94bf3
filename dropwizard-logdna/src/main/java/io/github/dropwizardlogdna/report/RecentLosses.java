package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingCounts;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Knows whether an appender has lost lines in the last minute. Lines dropped by {@code messageRate} do not count, because
 * the configuration asks for that. Any thread.
 *
 * <p>It reads the shipper's counters after the shipper has worked and when asked, so that the logging thread pays nothing.
 * A loss gets the time at which it is noticed, which may be as late as the shipper's next step.
 */
public final class RecentLosses {

    static final long RECENT = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier lost;
    private final LongSupplier nanoTime;
    private final AtomicLong seen = new AtomicLong();

    /** The time of the last loss; undefined before the first. */
    private volatile long lastLoss;

    RecentLosses(LongSupplier lost, LongSupplier nanoTime) {
        this.lost = lost;
        this.nanoTime = nanoTime;
    }

    /** Returns the losses of a shipper. */
    public static RecentLosses of(Shipper shipper) {
        return new RecentLosses(() -> lost(shipper.counts()), System::nanoTime);
    }

    private static long lost(ShippingCounts counts) {
        return counts.droppedLines() - counts.dropped(DropReason.RATE);
    }

    /** Reads the counters. */
    void catchUp() {
        catchUp(lost.getAsLong());
    }

    /** Takes over counts that were just read. */
    void catchUp(ShippingCounts counts) {
        catchUp(lost(counts));
    }

    private void catchUp(long now) {
        long before = seen.get();
        if (now > before) {
            lastLoss = nanoTime.getAsLong(); // before the counter, which publishes it
            seen.compareAndSet(before, now);
        }
    }

    /** Whether there was a loss in the last minute. */
    public boolean any() {
        catchUp();
        return seen.get() > 0 && nanoTime.getAsLong() - lastLoss < RECENT;
    }
}
