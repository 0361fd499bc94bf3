package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.random.RandomGenerator;

/** Opens the appender's own {@link RetryPolicy} to the simulation of a fleet. */
public final class FleetBackoff {

    private FleetBackoff() {}

    /** The delay after the given number of failures in a row, in nanoseconds. */
    public static long delayAfter(RetryPolicy policy, int failures, Verdict verdict, RandomGenerator random) {
        return policy.delayAfter(failures, verdict, true, random);
    }
}
