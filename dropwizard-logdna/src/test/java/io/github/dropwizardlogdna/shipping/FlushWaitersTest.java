package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FlushWaitersTest {

    private static final long TEN_SECONDS = TimeUnit.SECONDS.toNanos(10);

    private final Fixture fixture = new Fixture();
    private final WakeSignal wakeBatcher = new WakeSignal();
    private boolean running = true;
    private long tick;
    private final FlushWaiters waiters = new FlushWaiters(
            fixture.batcher, fixture.status, fixture.losses, wakeBatcher, () -> running, () -> fixture.now += tick);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private int batchesAfterAStep() {
        fixture.batcher.step(fixture.now);
        return fixture.store.size();
    }

    @Test
    void waitsForNothingIfAllIsSettled() {
        assertThat(waiters.settle(0, 0, false)).isTrue();
    }

    @Test
    void givesUpAfterTheTime() {
        tick = TEN_SECONDS;
        fixture.log("line");

        assertThat(waiters.settle(1, TEN_SECONDS, false)).isFalse();
    }

    @Test
    void givesUpIfTheShipperEnds() {
        running = false;
        fixture.log("line");

        assertThat(waiters.settle(1, TEN_SECONDS, false)).isFalse();
    }

    @Test
    void closesNoBatchEarlyAfterAWait() {
        fixture.log("line");
        waiters.settle(1, 0, false);

        assertThat(batchesAfterAStep()).isZero();
    }

    @Test
    void wakesTheBatcherForAFlush() {
        fixture.log("line");
        waiters.flush(true);

        wakeBatcher.await(WakeSignal.FOREVER); // returns
        assertThat(batchesAfterAStep()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsAWaitAndStays() {
        fixture.log("line");
        Thread.currentThread().interrupt();

        assertThat(waiters.settle(1, Duration.ofDays(1).toNanos(), false)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptDoesNotEndTheWaitOfAShutdownAndStays() {
        tick = TEN_SECONDS / 2; // fewer calls than the clock has ticks, so that no wait takes real time
        fixture.log("line");
        Thread.currentThread().interrupt();
        long start = fixture.now;

        assertThat(waiters.settle(1, TEN_SECONDS, true)).isFalse();

        assertThat(fixture.now - start).isGreaterThanOrEqualTo(TEN_SECONDS);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aShutdownDoesNotWaitTwiceForTheSameLines() {
        fixture.log("line");
        assertThat(waiters.settle(1, 0, true)).isFalse();

        assertThat(waiters.settle(1, Duration.ofDays(1).toNanos(), true)).isFalse(); // returns
    }

    @Test
    void waitsForTheReportOfDropsForTheTimeOnly() {
        tick = TEN_SECONDS / 2; // fewer calls than the clock has ticks, so that no wait takes real time
        fixture.counters.rejected(DropReason.FULL, 1);
        Thread.currentThread().interrupt();
        long start = fixture.now;

        waiters.awaitDropReport(TEN_SECONDS);

        assertThat(fixture.now - start).isGreaterThanOrEqualTo(TEN_SECONDS);
        assertThat(Thread.interrupted()).isTrue();
        wakeBatcher.await(WakeSignal.FOREVER); // was raised
        assertThat(fixture.losses.isHurried()).isTrue();
    }

    @Test
    void hurriesNoReportIfThereIsNone() {
        waiters.awaitDropReport(TEN_SECONDS);

        assertThat(fixture.losses.isHurried()).isFalse();
    }

    @Test
    void waitsForNoReportThatNobodyMakes() {
        running = false;
        fixture.counters.rejected(DropReason.FULL, 1);

        waiters.awaitDropReport(TEN_SECONDS);

        assertThat(fixture.losses.isHurried()).isFalse();
    }
}
