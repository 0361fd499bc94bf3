package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.Fixture.numbered;
import static io.github.dropwizardlogdna.shipping.ScriptedClient.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A limit that was learned in a bad moment is not permanent. */
class LearnedLimitsTest {

    private static final int BATCH = 64 * 1024;

    private final Fixture fixture = new Fixture(BATCH, true);
    private final ScriptedClient endpoint = fixture.endpoint;

    private int sizeOfLast() {
        return TestLines.plain(endpoint.bodies.get(endpoint.bodies.size() - 1)).length;
    }

    @Test
    void aTemporaryLimitIsForgottenSoonAfter() {
        long start = fixture.now;
        long over = start + Duration.ofSeconds(8).toNanos();
        endpoint.always(lines -> {
            fixture.pass(Duration.ofMillis(200)); // the round trip
            return verdict(fixture.now < over && sizeOfLast() > 2_000 ? Outcome.TOO_LARGE : Outcome.DELIVERED);
        });
        // 2,000 lines a second for a minute.
        int logged = 0;
        long behind = 0;
        for (int second = 1; second <= 60; second++) {
            fixture.logAll(numbered(logged, logged += 2_000));
            fixture.batcher.flush(true);
            fixture.batcher.step(fixture.now);
            fixture.batcher.flush(false);
            long end = start + Duration.ofSeconds(second).toNanos();
            while (fixture.now < end) {
                long wait = fixture.sender.step(fixture.now);
                fixture.now += Math.min(wait, end - fixture.now);
            }
            behind = logged - fixture.counters.delivered();
        }

        assertThat(behind).as("lines that wait at the end").isLessThan(2_500);
        assertThat(endpoint.taken).isEqualTo(numbered(0, (int) (logged - behind)));
    }

    @Test
    void aLimitThatStaysIsTriedOnceAMinuteAtMost() {
        endpoint.always(lines -> verdict(sizeOfLast() > 2_000 ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        for (int minute = 0; minute < 60; minute++) {
            for (int second = 0; second < 60; second += 5) {
                fixture.store(numbered(0, 500));
                fixture.deliverAll();
                fixture.pass(Duration.ofSeconds(5));
            }
        }

        assertThat(fixture.counters.snapshot(0, 0, 0).requestsFailed()).isBetween(60L, 80L);
        assertThat(fixture.counters.dropped(DropReason.TOO_LARGE)).isZero();
    }

    @Test
    void anOversizedLineDoesNotShrinkLaterRequests() {
        endpoint.always(lines -> verdict(lines.contains("huge") ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        fixture.store(List.of("huge"));
        fixture.log("huge");
        fixture.store(numbered(0, 1_000));
        fixture.deliverAll();
        assertThat(fixture.counters.dropped(DropReason.TOO_LARGE)).isEqualTo(2);
        endpoint.requests.clear();

        fixture.store(numbered(1_000, 2_000));
        fixture.deliverAll();

        assertThat(endpoint.requests).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void gzipIsTriedAgainAfterAMinute() {
        boolean[] reads = {false};
        endpoint.always(lines -> verdict(
                endpoint.bodies.get(endpoint.bodies.size() - 1).gzip() && !reads[0]
                        ? Outcome.UNSUPPORTED_ENCODING
                        : Outcome.DELIVERED));
        for (int minute = 0; minute < 600; minute++) {
            fixture.store(numbered(0, 10));
            fixture.deliverAll();
            fixture.pass(Duration.ofMinutes(1));
            if (minute == 1) {
                assertThat(endpoint.bodies).extracting("gzip").containsExactly(true, false, true, false);
            }
        }
        assertThat(fixture.counters.snapshot(0, 0, 0).requestsFailed())
                .as("in ten hours")
                .isLessThan(20);
        assertThat(fixture.counters.delivered()).isEqualTo(6_000);

        reads[0] = true;
        fixture.pass(Duration.ofHours(1));
        fixture.store(numbered(0, 10));
        fixture.deliverAll();
        assertThat(fixture.learned.gzip()).isTrue();
        fixture.store(numbered(0, 10));
        fixture.deliverAll();
        assertThat(endpoint.bodies.subList(endpoint.bodies.size() - 2, endpoint.bodies.size()))
                .extracting("gzip")
                .containsOnly(true);
    }

    @Test
    void aSlowNetworkGetsSmallRequestsUntilItIsFastAgain() {
        Fixture large = new Fixture(1 << 20, false);
        long timeout = Duration.ofSeconds(30).toNanos();
        long[] nanosForAByte = {timeout / 300_000};
        large.endpoint.always(lines -> {
            byte[] body =
                    large.endpoint.bodies.get(large.endpoint.bodies.size() - 1).bytes();
            long time = body.length * nanosForAByte[0];
            large.now += Math.min(time, timeout);
            return verdict(time > timeout ? Outcome.TIMED_OUT : Outcome.DELIVERED);
        });
        for (int i = 0; i < 4; i++) {
            large.store(numbered(i * 60_000, (i + 1) * 60_000));
        }
        large.deliverAll();

        assertThat(large.endpoint.taken).isEqualTo(numbered(0, 240_000));
        assertThat(large.counters.snapshot(0, 0, 0).requestsFailed())
                .as("whole, half, and a trial after one, two and four minutes")
                .isLessThanOrEqualTo(5);

        nanosForAByte[0] /= 1_000;
        large.store(numbered(0, 60_000));
        large.store(numbered(0, 60_000));
        large.deliverAll();
        int before = large.endpoint.requests.size();
        large.store(numbered(0, 60_000));
        large.deliverAll();
        assertThat(large.endpoint.requests).as("the last batch goes whole").hasSize(before + 1);
    }

    @Test
    void requestsGrowAgainAfterAQuick408() {
        LearnedLimits limits = new LearnedLimits(true, 1 << 20, 1 << 20);
        for (int i = 0; i < 8; i++) {
            limits.timedOut(limits.largestBody(i), i, i + 1);
        }
        assertThat(limits.largestBody(10)).isEqualTo(16 * 1024);

        for (int i = 0; i < 8; i++) {
            pass(limits, limits.largestBody(10), Duration.ofMillis(100));
        }

        assertThat(limits.largestBody(10)).isGreaterThanOrEqualTo(1 << 20);
    }

    @Test
    void requestsGrowAgainAfterAHangIfTheNetworkIsSlowByNature() {
        LearnedLimits limits = new LearnedLimits(true, 100_000, 100_000);
        long now = Duration.ofSeconds(3).toNanos();
        limits.timedOut(100_000, 0, now);
        assertThat(limits.largestBody(now)).isEqualTo(50_000);

        limits.passed(50_000, true, Duration.ofSeconds(2).toNanos(), now);
        now += Duration.ofMinutes(1).toNanos();
        assertThat(limits.largestBody(now)).isEqualTo(100_000);
        limits.passed(100_000, true, Duration.ofSeconds(2).toNanos(), now);

        assertThat(limits.largestBody(now)).isEqualTo(100_000);
    }

    @Test
    void aSlowNetworkIsTriedWithLargerBodiesLessAndLessOften() {
        LearnedLimits limits = new LearnedLimits(true, 100_000, 100_000);
        long timeout = Duration.ofSeconds(30).toNanos();
        limits.timedOut(100_000, 0, timeout);
        int trials = 0;

        for (long now = timeout; now < Duration.ofHours(24).toNanos(); now += timeout) {
            int size = limits.largestBody(now);
            if (size > 50_000) {
                trials++;
                limits.timedOut(size, now, now + timeout);
            } else {
                limits.passed(size, true, timeout / 2, now + timeout);
            }
        }

        assertThat(trials).isBetween(24, 30);
    }

    @Test
    void aServerThatClosesTheConnectionForTheSizeStillGetsEverything() {
        Fixture growing = new Fixture(50_000, 400_000, true, new BufferLimits(65_536, 32 << 20, 0, 0));
        growing.endpoint.always(lines -> {
            growing.now += Duration.ofMillis(100).toNanos();
            int size = TestLines.plain(growing.endpoint.bodies.get(growing.endpoint.bodies.size() - 1)).length;
            return verdict(size > 75_000 ? Outcome.NO_RESPONSE : Outcome.DELIVERED);
        });
        growing.store(numbered(0, 3_000));
        for (int i = 0; i < 20; i++) {
            growing.store(numbered(i * 15_000, (i + 1) * 15_000));
        }

        growing.deliverAll();

        assertThat(growing.counters.delivered()).isEqualTo(303_000);
        assertThat(growing.counters.settled()).isEqualTo(303_000);
        assertThat(growing.counters.snapshot(0, 0, 0).requestsFailed()).isLessThan(40);
    }

    @Test
    void aHangShrinksRequestsToALowerBoundOnly() {
        fixture.store(numbered(0, 4_000));
        endpoint.always(lines -> verdict(Outcome.TIMED_OUT));
        for (int i = 0; i < 100; i++) {
            fixture.now += fixture.sender.step(fixture.now);
        }

        assertThat(sizeOfLast()).isBetween(15_000, 16 * 1024);
    }

    @Test
    void requestsGrowToTwiceTheSizeThatWasTakenQuickly() {
        LearnedLimits limits = new LearnedLimits(true, 100, 1_000);
        assertThat(limits.largestBody(0)).as("nothing known").isEqualTo(100);

        pass(limits, 100, Duration.ofSeconds(2));
        assertThat(limits.largestBody(0)).isEqualTo(200);
        pass(limits, 200, Duration.ofMillis(200));
        pass(limits, 20, Duration.ofMillis(200));
        assertThat(limits.largestBody(0)).as("a small one after it").isEqualTo(400);
    }

    @Test
    void requestsDoNotGrowWhileTheyAreSlow() {
        LearnedLimits limits = new LearnedLimits(true, 10, 2_000);
        pass(limits, 800, Duration.ofMillis(200));

        pass(limits, 800, Duration.ofSeconds(2).plusNanos(1));
        assertThat(limits.largestBody(0)).isEqualTo(800);
        limits.timedOut(400, 0, 1);
        assertThat(limits.largestBody(0)).isEqualTo(400);
        limits.tooLarge(100, 0, 1);
        assertThat(limits.largestBody(0)).isEqualTo(100);
    }

    @Test
    void aWaitingBatchMayGrowUnlessRequestsAreSlow() {
        LearnedLimits limits = new LearnedLimits(true, 100, 1_000);
        assertThat(limits.largestBatch()).as("nothing known").isEqualTo(1_000);

        pass(limits, 100, Duration.ofSeconds(2).plusNanos(1));
        assertThat(limits.largestBatch()).isEqualTo(100);
        pass(limits, 20, Duration.ofMillis(200));
        assertThat(limits.largestBatch()).as("a small one shows nothing").isEqualTo(100);
        pass(limits, 90, Duration.ofMillis(200));
        assertThat(limits.largestBatch()).isEqualTo(1_000);
    }

    @Test
    void aWaitingBatchStaysBelowALimitOfTheEndpoint() {
        for (int batchSize : new int[] {100, 500}) {
            LearnedLimits limits = new LearnedLimits(true, batchSize, 2_000);
            limits.tooLarge(800, 0, 1);
            pass(limits, 400, Duration.ofMillis(200));
            limits.tooLarge(800, 2, 3);
            pass(limits, 400, Duration.ofMillis(200));

            assertThat(limits.largestBatch())
                    .as("the sender divides a batch of the usual size")
                    .isEqualTo(Math.max(batchSize, 400));
        }
    }

    // Connections that end in the middle of a request

    private static int largestAfterBreaks(int size, int times) {
        LearnedLimits limits = new LearnedLimits(true, 1_000, 10_000);
        for (int i = 0; i < times; i++) {
            limits.broke(size, 0, 0);
        }
        limits.passed(400, true, 1, 0);
        return limits.largestBody(0);
    }

    @Test
    void aConnectionThatEndsIsAboutTheSizeAboveABatchOrTheThirdTimeInARow() {
        assertThat(largestAfterBreaks(1_000, 1)).isEqualTo(1_000);
        assertThat(largestAfterBreaks(1_000, 2)).isEqualTo(1_000);
        assertThat(largestAfterBreaks(1_000, 3)).as("twice what has passed").isEqualTo(800);
        assertThat(largestAfterBreaks(1_001, 1)).isEqualTo(800);
    }

    @Test
    void aBodyThatPassesEndsARowOfConnectionsThatEnd() {
        LearnedLimits limits = new LearnedLimits(true, 1_000, 10_000);
        for (int i = 0; i < 3; i++) {
            limits.broke(1_000, 0, 0);
            limits.broke(1_000, 0, 0);
            limits.passed(400, true, 1, 0);
        }

        assertThat(limits.largestBody(0)).isEqualTo(1_000);
    }

    // Several requests at once

    @Test
    void aRequestThatWasInFlightDuringARefusalIsNoNewAttempt() {
        LearnedLimits limits = new LearnedLimits(true, 10_000, 10_000);
        limits.tooLarge(1_000, 0, 0);
        limits.passed(400, true, 1, 0);
        long refused = 100;
        limits.tooLarge(800, 50, refused);
        assertThat(limits.largestBody(refused)).isEqualTo(400);

        limits.tooLarge(800, refused - 1, 200);
        long again = refused + Duration.ofSeconds(10).toNanos();
        assertThat(limits.largestBody(again - 1)).isEqualTo(400);
        assertThat(limits.largestBody(again)).isEqualTo(800);

        limits.tooLarge(800, refused, again);
        assertThat(limits.largestBody(again + Duration.ofSeconds(20).toNanos() - 1))
                .as("it was a new attempt, and in vain")
                .isEqualTo(400);
    }

    // The slowness of the network

    @Test
    void onlyAQuickBodyOfHalfABatchShowsThatTheNetworkIsNotSlow() {
        LearnedLimits limits = new LearnedLimits(true, 1_000, 10_000);
        pass(limits, 1_000, Duration.ofSeconds(3));
        assertThat(limits.largestBatch()).isEqualTo(1_000);

        pass(limits, 499, Duration.ofMillis(10));
        assertThat(limits.largestBatch()).isEqualTo(1_000);
        pass(limits, 500, Duration.ofMillis(10));

        assertThat(limits.largestBatch()).isEqualTo(10_000);
    }

    @Test
    void aLimitOfTimeDoublesIfABodyOfMoreThanHalfOfItTakesLessThanAQuarterOfTheTime() {
        long quarter = Duration.ofSeconds(10).toNanos();
        assertThat(largestAfterTimeOut(32 * 1024 + 1, quarter - 1)).isEqualTo(128 * 1024);
        assertThat(largestAfterTimeOut(32 * 1024, quarter - 1)).isEqualTo(64 * 1024);
        assertThat(largestAfterTimeOut(32 * 1024 + 1, quarter)).isEqualTo(64 * 1024);
    }

    /** The largest body after one of 128 KiB was cut off after 40 seconds, and another has passed. */
    private static int largestAfterTimeOut(int size, long nanos) {
        LearnedLimits limits = new LearnedLimits(true, 1 << 20, 1 << 20);
        long now = Duration.ofSeconds(40).toNanos();
        assertThat(limits.timedOut(128 * 1024, 0, now)).isTrue();
        limits.passed(size, true, nanos, now);
        return limits.largestBody(now);
    }

    private static void pass(LearnedLimits limits, int size, Duration duration) {
        limits.passed(size, true, duration.toNanos(), duration.toNanos());
    }
}
