package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The sources of time and randomness, so that tests can replace them.
 *
 * @param nanoTime a monotonic clock, like {@link System#nanoTime}; read by several threads
 * @param random the source of jitter; used by one thread at a time
 */
public record ClockAndJitter(LongSupplier nanoTime, RandomGenerator random) {

    /** The clock of this machine. */
    public static ClockAndJitter real() {
        return new ClockAndJitter(
                System::nanoTime, () -> ThreadLocalRandom.current().nextLong());
    }
}
