package io.github.dropwizardlogdna.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck.Result;
import io.github.dropwizardlogdna.report.AppenderState.Counts;
import io.github.dropwizardlogdna.shipping.DeliveryState;
import io.github.dropwizardlogdna.shipping.DeliveryState.Kind;
import io.github.dropwizardlogdna.shipping.DropReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The health check {@code logdna}, for appenders in any state. */
class HealthCheckTest {

    private static final Instant SINCE = Instant.parse("2026-11-22T20:53:44.123Z");

    private static AppenderState state(Kind kind, boolean losing) {
        boolean fails = kind != Kind.IDLE && kind != Kind.DELIVERING;
        return new AppenderState(
                "logdna",
                "https://logs.logdna.com/logs/ingest",
                new DeliveryState(kind, fails ? "answered 100 % nonsense" : "", 0),
                SINCE,
                losing,
                new Counts(40, 20, 0, 8, 800, Duration.ofMillis(1234), 0, 0),
                Map.of(DropReason.FULL, 12L));
    }

    private static Result check(boolean failsOnLoss, AppenderState... states) {
        return new LogDnaHealthCheck(() -> List.of(states), failsOnLoss).check();
    }

    @ParameterizedTest
    @EnumSource
    void isHealthyInEveryStateByDefault(Kind kind) {
        assertThat(check(false, state(kind, false)).isHealthy()).isTrue();
        assertThat(check(false, state(kind, true)).isHealthy()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void failsOnLossOnlyWhileTheKeyIsRefusedOrLinesAreLostOrShippingHasEnded(Kind kind) {
        assertThat(check(true, state(kind, false)).isHealthy())
                .isEqualTo(kind != Kind.KEY_REFUSED && kind != Kind.FAILED);
        assertThat(check(true, state(kind, true)).isHealthy()).isFalse();
        assertThat(check(true, state(Kind.DELIVERING, false), state(kind, true)).isHealthy())
                .isFalse();
    }

    @Test
    void describesTheStateOfEachAppender() {
        assertThat(check(true).getMessage()).startsWith("no logdna appender");
        assertThat(check(true).isHealthy()).isTrue();
        assertThat(check(false, state(Kind.IDLE, false)).getMessage()).isEqualTo("logdna: idle");
        assertThat(check(false, state(Kind.DELIVERING, true)).getMessage()).isEqualTo("logdna: dropping; delivering");
        assertThat(check(false, state(Kind.RETRYING, false), state(Kind.KEY_REFUSED, false))
                        .getMessage())
                .isEqualTo("logdna: retrying since 2026-11-22T20:53:44Z because answered 100 % nonsense; "
                        + "logdna: key refused since 2026-11-22T20:53:44Z because answered 100 % nonsense");
    }

    @Test
    void reportsTheNumbersOfEachAppender() {
        assertThat(check(false, state(Kind.IDLE, false)).getDetails())
                .isEqualTo(Map.of(
                        "appenders",
                        Map.of(
                                "logdna",
                                Map.of(
                                        "state", "idle",
                                        "bufferLines", 8L,
                                        "bufferBytes", 800L,
                                        "oldestLineAgeMs", 1234L,
                                        "delivered", 20L,
                                        "dropped", 12L))));
    }

    @Test
    void aLossIsRecentForAMinute() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // such a clock may overflow
        AtomicLong lost = new AtomicLong();
        RecentLosses losses = new RecentLosses(lost::get, now::get);
        assertThat(losses.any()).isFalse();

        lost.set(1);
        assertThat(losses.any()).isTrue();
        now.addAndGet(RecentLosses.RECENT - 1);
        assertThat(losses.any()).isTrue();
        now.addAndGet(1);
        assertThat(losses.any()).isFalse();

        lost.set(2);
        losses.catchUp();
        now.addAndGet(RecentLosses.RECENT - 1);
        assertThat(losses.any()).isTrue();
    }
}
