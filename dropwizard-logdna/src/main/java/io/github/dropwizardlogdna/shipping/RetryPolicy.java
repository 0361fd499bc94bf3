package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to leave the endpoint alone after a request of which nothing was taken. A value: who waits is another matter.
 *
 * @param minDelay the shortest delay, more than zero
 * @param maxDelay the longest delay that is not asked for by the endpoint, at least {@code minDelay}
 */
public record RetryPolicy(Duration minDelay, Duration maxDelay) {

    /**
     * The delay after the given number of failures in a row, at least one, in nanoseconds: exponential with full jitter,
     * anywhere between the least delay and a bound that doubles each time. What the endpoint asks for wins.
     */
    long delayAfter(int failures, Verdict verdict, RandomGenerator random) {
        if (verdict.retryAfter().isPresent()) {
            return Math.max(minDelay.toNanos(), verdict.retryAfter().get().toNanos());
        }
        long max = maxDelay.toNanos();
        return switch (verdict.outcome()) {
            // Time heals none of these, a person does: no use to hurry, and one delay for all attempts.
            case KEY_REFUSED, SETTING_AT_FAULT, BAD_REQUEST -> between(max - max / 5, max + max / 5, random);
            default -> between(minDelay.toNanos(), bound(failures), random);
        };
    }

    private long bound(int failures) {
        long bound = minDelay.toNanos();
        long max = maxDelay.toNanos();
        for (int i = 0; i < failures && bound < max; i++) {
            bound = bound > max / 2 ? max : bound * 2;
        }
        return bound;
    }

    private static long between(long least, long most, RandomGenerator random) {
        return least + (long) (random.nextDouble() * (most - least));
    }
}
