package io.github.dropwizardlogdna.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IntervalTest {

    @Test
    void sevenValuesGiveTheWholeRange() {
        Interval interval = Interval.of(5, 1, 7, 3, 2, 6, 4);

        assertThat(interval.median()).isEqualTo(4);
        assertThat(interval.low()).isEqualTo(1);
        assertThat(interval.high()).isEqualTo(7);
        assertThat(interval.confidence()).isCloseTo(1 - 2.0 / 128, within(1e-12));
    }

    @Test
    void nineValuesLeaveOutTheLowestAndTheHighest() {
        Interval interval = Interval.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

        assertThat(interval.low()).isEqualTo(2);
        assertThat(interval.high()).isEqualTo(8);
        assertThat(interval.confidence()).isCloseTo(1 - 2 * 10.0 / 512, within(1e-12));
    }

    /** As in the tables of the sign test. */
    @Test
    void twentyValuesLeaveOutFiveAtEachEnd() {
        double[] values = new SplittableRandom(1).doubles(20).sorted().toArray();

        Interval interval = Interval.of(values);

        assertThat(interval.low()).isEqualTo(values[5]);
        assertThat(interval.high()).isEqualTo(values[14]);
        assertThat(interval.confidence()).isCloseTo(0.9586, within(1e-4));
        assertThat(interval.median()).isEqualTo((values[9] + values[10]) / 2);
    }

    @Test
    void fiveValuesAreTooFew() {
        assertThat(Interval.of(1, 2, 3, 4, 5).isConfident()).isFalse();
        assertThat(Interval.of(1, 2, 3, 4, 5, 6).isConfident()).isTrue();
        assertThat(Interval.of(1).confidence()).isZero();
        assertThatThrownBy(Interval::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void containsTheTrueMedianWithItsProbability() {
        SplittableRandom random = new SplittableRandom(3);
        int held = 0;
        int times = 20_000;
        for (int i = 0; i < times; i++) {
            Interval interval = Interval.of(random.doubles(9).map(x -> x * x).toArray()); // a true median of 0.25
            held += interval.low() <= 0.25 && 0.25 <= interval.high() ? 1 : 0;
        }

        assertThat((double) held / times).isCloseTo(1 - 2 * 10.0 / 512, within(0.01));
    }
}
