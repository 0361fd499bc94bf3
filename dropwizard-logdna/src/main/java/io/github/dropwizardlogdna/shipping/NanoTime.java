package io.github.dropwizardlogdna.shipping;

import java.time.Duration;

/** Arithmetic on the clock of {@link System#nanoTime} that no configured duration can make overflow. */
final class NanoTime {

    /** Some 73 years: far enough for "never", and a sum of two is still less than half of what the clock can tell apart. */
    static final long LONGEST = Long.MAX_VALUE / 4;

    private NanoTime() {}

    /** A duration in nanoseconds, at most {@link #LONGEST}. */
    static long of(Duration duration) {
        return duration.compareTo(Duration.ofNanos(LONGEST)) > 0 ? LONGEST : duration.toNanos();
    }

    /** The time that comes so many nanoseconds, at most {@link #LONGEST}, after {@code now}. */
    static long after(long now, long nanos) {
        return now + Math.min(nanos, LONGEST);
    }
}
