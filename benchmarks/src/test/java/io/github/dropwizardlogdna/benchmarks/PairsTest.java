package io.github.dropwizardlogdna.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PairsTest {

    @Test
    void aMachineThatSlowsDownDoesNotMoveTheRatio() {
        Pairs pairs = new Pairs();
        for (int i = 0; i < 7; i++) {
            double slowness = 1 + i;
            pairs.add(1.2 * slowness, slowness);
        }

        assertThat(pairs.ratio().low()).isCloseTo(1.2, within(1e-9));
        assertThat(pairs.ratio().high()).isCloseTo(1.2, within(1e-9));
        assertThat(pairs.measured().high()).isCloseTo(8.4, within(1e-9));
        assertThat(pairs.difference().median()).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void aTargetIsKeptOnlyIfTheWholeIntervalKeepsIt() {
        Pairs pairs = new Pairs();
        for (int i = 0; i < 7; i++) {
            pairs.add(1 + i / 100.0, 1);
        }

        assertThat(verdict(pairs, 1.06)).contains("| yes |");
        assertThat(verdict(pairs, 1.05)).contains("| not certain |");
        assertThat(verdict(pairs, 0.99)).contains("| **no** |");
    }

    @Test
    void fewerThanSixPairsKeepNoTarget() {
        Pairs pairs = new Pairs();
        for (int i = 0; i < 5; i++) {
            pairs.add(1, 1);
        }

        assertThat(verdict(pairs, 2)).contains("| too few pairs |");
    }

    private static String verdict(Pairs pairs, double limit) {
        Verdicts verdicts = new Verdicts();
        verdicts.atMost("requests", pairs.ratio(), limit);
        return verdicts.toString();
    }
}
