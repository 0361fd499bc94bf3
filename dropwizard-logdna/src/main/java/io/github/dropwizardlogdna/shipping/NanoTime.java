package io.github.dropwizardlogdna.shipping;

import java.time.Duration;

/** Arithmetic on the clock of {@link System#nanoTime} that no configured duration can overflow. */
final class NanoTime {

    /** About 73 years. The sum of two is still less than half of the range of a long. */
    static final long LONGEST = Long.MAX_VALUE / 4;

    private NanoTime() {}

    /** A duration in nanoseconds, at most {@link #LONGEST}. */
    static long of(Duration duration) {
        return duration.compareTo(Duration.ofNanos(LONGEST)) > 0 ? LONGEST : duration.toNanos();
    }

    /** The time {@code nanos} nanoseconds after {@code now}, at most {@link #LONGEST} later. */
    static long after(long now, long nanos) {
        return now + Math.min(nanos, LONGEST);
    }
}
