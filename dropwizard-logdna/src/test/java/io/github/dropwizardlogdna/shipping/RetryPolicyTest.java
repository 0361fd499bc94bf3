package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

    private final RetryPolicy policy = new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(30));

    @ParameterizedTest
    @CsvSource({"1,1000", "2,2000", "3,4000", "4,8000", "5,16000", "6,30000", "7,30000", "1000,30000"})
    void doublesTheBoundUpToTheLongest(int failures, long bound) {
        assertThat(delay(failures, () -> 0L)).isEqualTo(500);
        assertThat(delay(failures, () -> -1L)).isBetween(bound - 1, bound);
    }

    @Test
    void spreadsTheDelaysOverTheWholeRange() {
        Random random = new Random(7);
        long sum = 0;
        for (int i = 0; i < 10_000; i++) {
            sum += delay(10, random);
        }
        assertThat(sum / 10_000).isBetween(14_500L, 16_000L);
    }

    @Test
    void honoursRetryAfterWithALowerBound() {
        assertThat(policy.delayAfter(
                        1, ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(5)), false, new Random()))
                .isBetween(
                        Duration.ofMinutes(5).toNanos(), Duration.ofMinutes(6).toNanos());
        assertThat(policy.delayAfter(1, ScriptedClient.verdict(Outcome.RETRY, Duration.ZERO), false, new Random()))
                .isEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void spreadsAFleetThatReceivedTheSameRetryAfter() {
        Random random = new Random(7);
        Verdict asked = ScriptedClient.verdict(Outcome.RETRY, Duration.ofSeconds(10));
        LongSummaryStatistics seconds = LongStream.range(0, 1_000)
                .map(i -> policy.delayAfter(1, asked, false, random))
                .map(TimeUnit.NANOSECONDS::toMillis)
                .summaryStatistics();
        assertThat(seconds.getMin()).isBetween(10_000L, 10_050L);
        assertThat(seconds.getMax()).isBetween(11_950L, 12_000L);
    }

    @Test
    void triesAtTheLongestDelayGiveOrTakeAFifthWhatNeedsAPerson() {
        Verdict refused = ScriptedClient.verdict(Outcome.KEY_REFUSED);

        assertThat(policy.delayAfter(1, refused, false, () -> 0L))
                .isEqualTo(Duration.ofSeconds(24).toNanos());
        assertThat(policy.delayAfter(1, refused, false, () -> -1L))
                .isBetween(
                        Duration.ofSeconds(36).toNanos() - 10,
                        Duration.ofSeconds(36).toNanos());
        assertThat(policy.delayAfter(1, refused, true, () -> 0L))
                .as("it took others, so nobody needs to act")
                .isEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void hasOneDelayIfTheLimitsAreEqual() {
        RetryPolicy fixed = new RetryPolicy(Duration.ofSeconds(2), Duration.ofSeconds(2));
        assertThat(fixed.delayAfter(3, ScriptedClient.verdict(Outcome.RETRY), false, new Random()))
                .isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    private long delay(int failures, RandomGenerator random) {
        return Duration.ofNanos(policy.delayAfter(failures, ScriptedClient.verdict(Outcome.RETRY), false, random))
                .toMillis();
    }
}
