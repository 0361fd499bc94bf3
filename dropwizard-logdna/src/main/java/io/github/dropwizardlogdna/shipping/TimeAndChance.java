package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Where time and randomness come from, so that tests can have their own.
 *
 * @param nanoTime a clock that only goes forward, like {@link System#nanoTime}; asked by several threads
 * @param random for the jitter; asked by the sender's thread alone
 */
public record TimeAndChance(LongSupplier nanoTime, RandomGenerator random) {

    /** The machine's. */
    public static TimeAndChance real() {
        return new TimeAndChance(
                System::nanoTime, () -> ThreadLocalRandom.current().nextLong());
    }
}
