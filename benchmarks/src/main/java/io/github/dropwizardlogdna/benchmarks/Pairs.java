package io.github.dropwizardlogdna.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;

/**
 * One figure of two contenders that were measured in turn: A B, B A, A B ... A machine that is slower for a while slows
 * both of a pair, so that their ratio stays. What is published is the median of the ratios, with its {@link Interval}.
 * Not thread-safe.
 */
public final class Pairs {

    private record Pair(double measured, double base) {}

    private final List<Pair> pairs = new ArrayList<>();

    /** Adds what was measured of a contender, and of the one that it is compared with, in the same round. */
    public void add(double measured, double base) {
        pairs.add(new Pair(measured, base));
    }

    public boolean isEmpty() {
        return pairs.isEmpty();
    }

    public Interval ratio() {
        return over((measured, base) -> measured / base);
    }

    public Interval difference() {
        return over((measured, base) -> measured - base);
    }

    /** The contender's own values, which the state of the machine is a part of. */
    public Interval measured() {
        return over((measured, base) -> measured);
    }

    private Interval over(DoubleBinaryOperator compared) {
        return Interval.of(pairs.stream()
                .mapToDouble(pair -> compared.applyAsDouble(pair.measured, pair.base))
                .toArray());
    }
}
