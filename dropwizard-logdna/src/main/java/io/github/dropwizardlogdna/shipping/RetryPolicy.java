package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The delay after a request that failed, or of which some lines must be sent again. Decides only; the sender does the waiting.
 *
 * @param minDelay the shortest delay, more than zero
 * @param maxDelay the largest bound of the doubling; at least {@code minDelay}
 */
public record RetryPolicy(Duration minDelay, Duration maxDelay) {

    /**
     * The delay in nanoseconds after the given number of failures in a row, at least one: random
     * between the shortest delay and a bound that doubles each time. A delay that the endpoint asks for wins, with up to a
     * fifth more at random. What needs a human is retried after the longest delay, a fifth more or less at random.
     *
     * @param tookOthers whether the endpoint took requests with the same settings, so that they are right
     */
    long delayAfter(int failures, Verdict verdict, boolean tookOthers, RandomGenerator random) {
        long min = NanoTime.of(minDelay);
        long max = NanoTime.of(maxDelay);
        if (verdict.retryAfter().isPresent()) {
            // Up to a fifth more: a fleet that was asked for the same delay must not come back at the same moment.
            long asked = NanoTime.of(verdict.retryAfter().get());
            return Math.max(min, between(asked, asked + asked / 5, random));
        }
        boolean needsAHuman =
                switch (verdict.outcome()) {
                    case KEY_REFUSED, SETTING_AT_FAULT, BAD_REQUEST, UNSUPPORTED_ENCODING -> !tookOthers;
                    default -> false;
                };
        // These need a human, so retry at a slow, constant rate.
        return needsAHuman
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
