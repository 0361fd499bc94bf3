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
     *
     * @param tookOthers whether the endpoint took requests with the same settings, so that those are right
     */
    long delayAfter(int failures, Verdict verdict, boolean tookOthers, RandomGenerator random) {
        long min = NanoTime.of(minDelay);
        long max = NanoTime.of(maxDelay);
        if (verdict.retryAfter().isPresent()) {
            return Math.max(min, NanoTime.of(verdict.retryAfter().get()));
        }
        boolean needsAPerson =
                switch (verdict.outcome()) {
                    case KEY_REFUSED, SETTING_AT_FAULT, BAD_REQUEST, UNSUPPORTED_ENCODING -> !tookOthers;
                    default -> false;
                };
        // A person is slow: no need to hurry, and the same delay for all attempts.
        return needsAPerson
                ? between(max - max / 5, max + max / 5, random)
                : between(min, bound(failures, min, max), random);
    }

    private static long bound(int failures, long min, long max) {
        long bound = min;
        for (int i = 0; i < failures && bound < max; i++) {
            bound = bound > max / 2 ? max : bound * 2;
        }
        return bound;
    }

    private static long between(long least, long most, RandomGenerator random) {
        return least + (long) (random.nextDouble() * (most - least));
    }
}
