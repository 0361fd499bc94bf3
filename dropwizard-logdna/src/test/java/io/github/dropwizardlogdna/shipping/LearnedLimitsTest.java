package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.FakeEndpoint.verdict;
import static io.github.dropwizardlogdna.shipping.Fixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is learned in a bad moment does not stay. */
class LearnedLimitsTest {

    private static final int BATCH = 64 * 1024;

    private final Fixture fixture = new Fixture(BATCH, true);
    private final FakeEndpoint endpoint = fixture.endpoint;

    private int sizeOfLast() {
        return TestLines.plain(endpoint.bodies.get(endpoint.bodies.size() - 1)).length;
    }

    @Test
    void aSmallLimitOfASomeSecondsIsForgottenSoonAfter() {
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
            behind = logged - fixture.ledger.delivered();
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

        assertThat(fixture.ledger.requestsFailed()).isBetween(60L, 80L);
        assertThat(fixture.ledger.dropped(DropReason.TOO_LARGE)).isZero();
    }

    @Test
    void oneLineThatIsTooLargeMakesTheOthersNotSmall() {
        endpoint.always(lines -> verdict(lines.contains("huge") ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        fixture.store(List.of("huge"));
        fixture.log("huge");
        fixture.store(numbered(0, 1_000));
        fixture.deliverAll();
        assertThat(fixture.ledger.dropped(DropReason.TOO_LARGE)).isEqualTo(2);
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
        assertThat(fixture.ledger.requestsFailed()).as("in ten hours").isLessThan(20);
        assertThat(fixture.ledger.delivered()).isEqualTo(6_000);

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
    void aSlowLineIsSentWhatItCanTakeAndMoreOnceItIsFast() {
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
        assertThat(large.ledger.requestsFailed()).as("whole, half").isLessThanOrEqualTo(3);

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
    void aHangMakesNoRequestSmallerThanAnyLineCanTake() {
        fixture.store(numbered(0, 4_000));
        endpoint.always(lines -> verdict(Outcome.TIMED_OUT));
        for (int i = 0; i < 100; i++) {
            fixture.now += fixture.sender.step(fixture.now);
        }

        assertThat(sizeOfLast()).isBetween(15_000, 16 * 1024);
    }
}
