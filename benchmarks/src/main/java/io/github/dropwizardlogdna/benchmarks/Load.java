package io.github.dropwizardlogdna.benchmarks;

import java.util.concurrent.TimeUnit;

/**
 * How much is logged, and for how long.
 *
 * @param threads that log
 * @param perSecond lines of all threads together; zero for as many as possible
 * @param seconds the duration
 */
public record Load(int threads, int perSecond, double seconds) {

    boolean isFlatOut() {
        return perSecond == 0;
    }

    Load lasting(double otherSeconds) {
        return new Load(threads, perSecond, otherSeconds);
    }

    /** From one line of a thread to its next. */
    long interval() {
        return isFlatOut() ? 0 : TimeUnit.SECONDS.toNanos(threads) / perSecond;
    }

    long nanos() {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    String title() {
        return isFlatOut() ? "flat out" : String.format(java.util.Locale.ROOT, "%,d a second", perSecond);
    }
}
