package io.github.dropwizardlogdna;

import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Whether an appender has lost lines in the last minute. What {@code messageRate} keeps back does not count: it was asked
 * to. Any thread.
 *
 * <p>It looks at the counters of the shipper when that has done some work, and when it is asked, so that the logging
 * thread pays nothing for it. A loss is dated when it is seen: never too early, but as long after it happened as the
 * shipper has slept.
 */
final class RecentLosses {

    static final long RECENT = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier lost;
    private final LongSupplier nanoTime;
    private final AtomicLong seen = new AtomicLong();

    /** The time of the last loss; meaningless before the first. */
    private volatile long lastLoss;

    RecentLosses(LongSupplier lost, LongSupplier nanoTime) {
        this.lost = lost;
        this.nanoTime = nanoTime;
    }

    static RecentLosses of(Shipper shipper) {
        return new RecentLosses(() -> shipper.dropped() - shipper.dropped(DropReason.RATE), System::nanoTime);
    }

    void catchUp() {
        long now = lost.getAsLong();
        long before = seen.get();
        if (now > before) {
            lastLoss = nanoTime.getAsLong(); // before the count, which makes it valid
            seen.compareAndSet(before, now);
        }
    }

    boolean any() {
        catchUp();
        return seen.get() > 0 && nanoTime.getAsLong() - lastLoss < RECENT;
    }
}
