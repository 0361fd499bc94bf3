package io.github.dropwizardlogdna.benchmarks.fleet;

import java.time.Duration;
import java.time.Instant;

/** The simulation's clock: nanoseconds since its begin. */
final class Virtual {

    static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** The begin as a date. On a full second, as dates in HTTP have no fractions. */
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private Virtual() {}

    static Instant date(long nanos) {
        return BEGIN.plusNanos(nanos);
    }

    static long nanos(double seconds) {
        return Math.round(seconds * SECOND);
    }

    static double seconds(long nanos) {
        return (double) nanos / SECOND;
    }
}
