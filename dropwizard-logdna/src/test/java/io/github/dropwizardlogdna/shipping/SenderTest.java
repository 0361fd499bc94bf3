package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.Fixture.numbered;
import static io.github.dropwizardlogdna.shipping.ScriptedClient.byLine;
import static io.github.dropwizardlogdna.shipping.ScriptedClient.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenderTest {

    private final Fixture fixture = new Fixture();
    private final ScriptedClient endpoint = fixture.endpoint;
    private final Counters counters = fixture.counters;

    @AfterEach
    void theBooksBalance() {
        long settled = counters.delivered();
        for (DropReason reason : DropReason.values()) {
            settled += counters.dropped(reason);
        }
        assertThat(settled).isEqualTo(counters.settled());
        if (fixture.store.size() == 0) {
            assertThat(settled).isEqualTo(fixture.accepted());
            assertThat(fixture.budget.downstream()).isZero();
        }
    }

    @Test
    void deliversBatchesInTheirOrder() {
        fixture.store(numbered(0, 3));
        fixture.store(numbered(3, 6));

        fixture.deliverAll();

        assertThat(endpoint.requests).containsExactly(numbered(0, 3), numbered(3, 6));
        assertThat(counters.delivered()).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"RETRY", "KEY_REFUSED", "SETTING_AT_FAULT"})
    void keepsLinesThatWereNotTaken(Outcome outcome) {
        fixture.store(numbered(0, 3));
        fixture.store(numbered(3, 6));
        endpoint.answers(outcome, outcome);

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(0, 6));
        assertThat(counters.snapshot(0, 0, 0).requestsFailed()).isEqualTo(2);
        assertThat(counters.snapshot(0, 0, 0).requestsRetried()).isEqualTo(2);
        assertThat(fixture.observer.events)
                .containsExactly(
                        "failed: answered " + outcome + ", 6 held",
                        "failed: answered " + outcome + ", 6 held",
                        "recovered after 2");
    }

    @Test
    void sendsNothingUntilTheDelayAfterAFailureIsOver() {
        fixture.store(numbered(0, 1));
        endpoint.answers(Outcome.RETRY);

        long wait = fixture.sender.step(fixture.now);

        assertThat(wait)
                .isBetween(
                        Duration.ofMillis(500).toNanos(), Duration.ofSeconds(1).toNanos());
        fixture.now += wait - 1;
        assertThat(fixture.sender.step(fixture.now)).isEqualTo(1);
        assertThat(endpoint.requests).hasSize(1);
        fixture.now += 1;
        fixture.sender.step(fixture.now);
        assertThat(endpoint.requests).hasSize(2);
    }

    @Test
    void countsEachRequestThatFailsAndShowsThatItDelivers() {
        fixture.store(numbered(0, 4));
        endpoint.answers(Outcome.UNSUPPORTED_ENCODING, Outcome.TOO_LARGE, Outcome.RETRY);

        fixture.deliverAll();

        assertThat(counters.snapshot(0, 0, 0).requestsFailed()).isEqualTo(3);
        assertThat(counters.snapshot(0, 0, 0).requestsRetried()).isEqualTo(1);
        assertThat(endpoint.taken).isEqualTo(numbered(0, 4));
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"DELIVERED", "DELIVERED_IN_PART"})
    void showsThatItDeliversOnceEachLineIsSettled(Outcome outcome) {
        fixture.store(numbered(0, 2));
        endpoint.answers(Outcome.RETRY);
        fixture.now += fixture.sender.step(fixture.now);
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.RETRYING);
        endpoint.answers(
                outcome == Outcome.DELIVERED ? verdict(outcome) : byLine(Outcome.DELIVERED, Outcome.BAD_REQUEST));

        assertThat(fixture.sender.step(fixture.now)).isZero();

        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.DELIVERING);
        assertThat(fixture.sender.step(fixture.now)).isEqualTo(WakeSignal.FOREVER);
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.IDLE);
    }

    @Test
    void countsTheMemoryOfABatchThatIsDivided() {
        fixture.store(numbered(0, 4));
        long stored = fixture.budget.downstream();
        endpoint.answers(Outcome.TOO_LARGE);
        fixture.sender.step(fixture.now);
        endpoint.answers(Outcome.RETRY);
        fixture.sender.step(fixture.now);

        assertThat(fixture.budget.downstream()).isGreaterThan(stored);

        fixture.deliverAll();
        assertThat(fixture.budget.downstream()).isZero();
    }

    @Test
    void tellsHowManyLinesOfItsBatchAreSettled() {
        assertThat(fixture.sender.settledLines()).isZero();
        fixture.store(numbered(0, 4));
        endpoint.answers(byLine(Outcome.DELIVERED, Outcome.BAD_REQUEST, Outcome.RETRY, Outcome.RETRY));

        fixture.sender.step(fixture.now);

        assertThat(fixture.sender.settledLines()).isEqualTo(2);
        assertThat(fixture.sender.oldest(7)).isNotEqualTo(7);
        fixture.sender.discard();
        assertThat(fixture.sender.settledLines()).isZero();
        assertThat(fixture.sender.oldest(7)).isEqualTo(7);
    }

    @Test
    void expectsThatMoreLinesAreRefusedOnceOneWas() {
        fixture.store(List.of("bad"));
        endpoint.always(lines -> verdict(lines.contains("bad") ? Outcome.SERVER_ERROR : Outcome.DELIVERED));
        assertThat(fixture.status.expectsRefusal(fixture.now)).isFalse();

        fixture.deliverAll();

        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
        assertThat(fixture.status.expectsRefusal(fixture.now)).isTrue();
    }

    @Test
    void aLargeLineThatIsNeverInTimeBlocksNoOther() {
        String slow = "x".repeat(40_000);
        fixture.store(List.of(slow));
        fixture.store(numbered(0, 3));
        endpoint.always(lines -> verdict(lines.contains(slow) ? Outcome.TIMED_OUT : Outcome.DELIVERED));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(0, 3));
        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
    }

    @Test
    void waitsAfterARequestThatWasNotInTime() {
        fixture.store(numbered(0, 3_000));
        endpoint.answers(Outcome.TIMED_OUT);

        assertThat(fixture.sender.step(fixture.now))
                .isBetween(
                        Duration.ofMillis(500).toNanos(), Duration.ofSeconds(1).toNanos());
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.RETRYING);
        fixture.deliverAll();
    }

    @Test
    void dropsTheRestOfItsBatchAfterAnErrorAndGoesOnWithTheNext() {
        fixture.store(numbered(0, 4));
        fixture.store(numbered(4, 6));
        endpoint.answers(byLine(Outcome.DELIVERED, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY));
        fixture.sender.step(fixture.now);

        fixture.sender.recover();

        assertThat(counters.dropped(DropReason.FAILED)).isEqualTo(3);
        assertThat(fixture.store.size()).isEqualTo(1);
        fixture.deliverAll();
        assertThat(counters.delivered()).isEqualTo(3);
        fixture.sender.recover();
        assertThat(counters.dropped(DropReason.FAILED)).as("there was nothing").isEqualTo(3);
    }

    @Test
    void honoursRetryAfter() {
        fixture.store(numbered(0, 1));
        endpoint.answers(verdict(Outcome.RETRY, Duration.ofMinutes(3)));

        assertThat(fixture.sender.step(fixture.now))
                .isBetween(
                        Duration.ofMinutes(3).toNanos(), Duration.ofSeconds(216).toNanos());
    }

    @Test
    void putsTheTimeOfLateLinesIntoTheirText() {
        fixture.store(numbered(0, 2));
        fixture.now += Duration.ofDays(99).toNanos();
        endpoint.answers(Outcome.RETRY);
        fixture.sender.step(fixture.now);
        fixture.now += Duration.ofDays(2).toNanos();

        fixture.deliverAll();

        assertThat(endpoint.requests)
                .containsExactly(
                        numbered(0, 2),
                        numbered(0, 2).stream().map(line -> "+" + line).toList());
        assertThat(fixture.budget.downstream()).isZero();
    }

    @Test
    void countsTheCopyOfAPartWhileItIsSent() {
        fixture.store(numbered(0, 8));
        long stored = fixture.budget.downstream();
        List<Long> whileSent = new ArrayList<>();
        endpoint.always(lines -> {
            whileSent.add(fixture.budget.downstream() - stored);
            return verdict(lines.size() > 4 ? Outcome.TOO_LARGE : Outcome.DELIVERED);
        });

        fixture.deliverAll();

        int positions = 9 * Integer.BYTES;
        assertThat(whileSent).hasSize(3).first().isEqualTo(0L);
        assertThat(whileSent.get(1)).isEqualTo(endpoint.bodies.get(1).bytes().length);
        assertThat(whileSent.get(2))
                .isEqualTo(positions + endpoint.bodies.get(2).bytes().length);
        assertThat(fixture.budget.downstream()).isZero();
    }

    /** As those of a process that was restarted a minute ago. */
    @Test
    void recoveredLinesThatAreNotLateTakeNoMemoryTwice() {
        fixture.store(numbered(0, 2));
        Batch batch = fixture.store.claim(0).batch();
        Pipeline pipeline = new Pipeline(
                fixture.queue,
                fixture.store,
                fixture.budget,
                counters,
                fixture.learned,
                fixture.losses,
                text -> new byte[0]);
        Requests requests = new Requests(0, pipeline, fixture.status, endpoint, fixture.observer, () -> fixture.now);
        Delivery recovered = new Delivery(new BatchStore.Stored(batch, true, true), false, pipeline);

        Requests.Prepared prepared = requests.prepare(recovered, new Division.Part(null, batch), fixture.now);

        assertThat(prepared.batch()).isSameAs(batch);
        assertThat(prepared.more()).isZero();
    }

    @Test
    void retriesSlowlyIfOnlyAHumanCanHelp() {
        fixture.store(numbered(0, 1));
        endpoint.answers(Outcome.KEY_REFUSED);

        assertThat(fixture.sender.step(fixture.now))
                .isBetween(
                        Duration.ofSeconds(24).toNanos(), Duration.ofSeconds(36).toNanos());
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.KEY_REFUSED);
    }

    @Test
    void startsAgainWithShortDelaysAfterASuccess() {
        fixture.store(numbered(0, 1));
        fixture.store(numbered(1, 2));
        endpoint.answers(Outcome.RETRY, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY, Outcome.DELIVERED, Outcome.RETRY);
        for (int requests = 0; requests < 5; ) {
            fixture.now += fixture.sender.step(fixture.now);
            requests = endpoint.requests.size();
        }

        assertThat(fixture.sender.step(fixture.now))
                .isLessThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(endpoint.requests).hasSize(6);
        fixture.deliverAll();
    }

    @Test
    void halvesATooLargeBatchAndRemembersTheSizeThatPassed() {
        endpoint.always(lines -> verdict(lines.size() > 3 ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        fixture.store(numbered(0, 16));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(0, 16));
        assertThat(fixture.learned.largestBody(fixture.now)).isBetween(20, 60);

        endpoint.requests.clear();
        fixture.store(numbered(16, 32));
        fixture.deliverAll();
        assertThat(endpoint.requests).as("none refused").allMatch(r -> r.size() <= 3);
    }

    @Test
    void sendsWaitingBatchesInPiecesOnceTheLimitIsKnown() {
        endpoint.always(lines -> verdict(lines.size() > 2 ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        fixture.store(numbered(0, 8));
        fixture.store(numbered(8, 16));
        fixture.store(numbered(16, 24));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(0, 24));
        assertThat(endpoint.requests).filteredOn(lines -> lines.size() > 2).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void dividesALargeBatchUntilTheEndpointHasTakenSuchBodiesQuickly() {
        Fixture far = new Fixture(2_000, 16_000, true, new BufferLimits(65_536, 32 << 20, 0, 0));
        far.logAll(numbered(0, 6_000));
        far.batcher.flush(true);
        far.batcher.step(far.now);

        far.deliverAll();

        assertThat(far.endpoint.taken).isEqualTo(numbered(0, 6_000));
        int largest = 1_000;
        for (RequestBody body : far.endpoint.bodies) {
            int size = TestLines.plain(body).length;
            assertThat(size).isLessThanOrEqualTo(2 * largest);
            largest = Math.max(largest, size);
        }
        assertThat(largest).isBetween(15_900, 16_000);
    }

    @Test
    void dropsASingleLineThatIsTooLarge() {
        endpoint.always(lines -> verdict(lines.contains("huge") ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        fixture.store(List.of("a", "b", "huge", "c"));

        fixture.deliverAll();

        assertThat(endpoint.taken).containsExactly("a", "b", "c");
        assertThat(counters.dropped(DropReason.TOO_LARGE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 50, 98, 99})
    void findsTheBadLineByHalvingAndDropsOnlyIt(int bad) {
        String badLine = "line " + bad;
        endpoint.always(lines -> verdict(lines.contains(badLine) ? Outcome.BAD_REQUEST : Outcome.DELIVERED));
        fixture.store(numbered(0, 100));

        fixture.deliverAll();

        List<String> good = new ArrayList<>(numbered(0, 100));
        good.remove(badLine);
        assertThat(endpoint.taken).isEqualTo(good);
        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
        assertThat(endpoint.requests).hasSizeLessThanOrEqualTo(16);
        assertThat(fixture.observer.events).containsExactly("refused 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7, 8, 100})
    void dropsTheFirstOfABatchIfOnlyThatIsBad(int lines) {
        endpoint.always(sent -> verdict(sent.contains("line 0") ? Outcome.BAD_REQUEST : Outcome.DELIVERED));
        fixture.store(numbered(0, lines));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(1, lines));
        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 64, 1000})
    void keepsAllLinesIfTheRequestIsAtFault(int lines) {
        endpoint.always(sent -> verdict(Outcome.BAD_REQUEST));
        fixture.store(numbered(0, lines));

        long wait = 0;
        while (wait == 0) {
            wait = fixture.sender.step(fixture.now);
        }

        assertThat(wait).isGreaterThanOrEqualTo(Duration.ofSeconds(24).toNanos());
        assertThat(counters.dropped(DropReason.REFUSED)).isZero();
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.SETTING_AT_FAULT);
        assertThat(endpoint.requests).hasSizeLessThanOrEqualTo(20);

        endpoint.always(sent -> verdict(Outcome.DELIVERED));
        fixture.deliverAll();
        assertThat(endpoint.taken).isEqualTo(numbered(0, lines));
    }

    @Test
    void dropsTheOnlyLineOfABatchThatIsRefused() {
        endpoint.always(sent -> verdict(sent.contains("bad") ? Outcome.BAD_REQUEST : Outcome.DELIVERED));
        fixture.store(List.of("bad"));
        fixture.store(List.of("good"));

        fixture.deliverAll();

        assertThat(endpoint.taken).containsExactly("good");
        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
    }

    @Test
    void treatsEachLineByItsOwnCode() {
        endpoint.answers(
                byLine(Outcome.DELIVERED, Outcome.RETRY, Outcome.BAD_REQUEST, Outcome.DELIVERED, Outcome.TOO_LARGE));
        fixture.store(numbered(0, 5));
        fixture.store(numbered(5, 6));

        fixture.deliverAll();

        assertThat(endpoint.taken).containsExactly("line 0", "line 3", "line 1", "line 5");
        assertThat(endpoint.requests.get(1)).containsExactly("line 1");
        assertThat(counters.delivered()).isEqualTo(4);
        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
        assertThat(counters.dropped(DropReason.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void waitsBeforeItRepeatsLinesOfA207() {
        endpoint.answers(byLine(Outcome.DELIVERED, Outcome.RETRY));
        fixture.store(numbered(0, 2));

        assertThat(fixture.sender.step(fixture.now))
                .isGreaterThanOrEqualTo(Duration.ofMillis(500).toNanos());
        fixture.deliverAll();
    }

    @Test
    void sendsWithoutCompressionOnceTheEndpointCantReadIt() {
        endpoint.answers(Outcome.UNSUPPORTED_ENCODING);
        fixture.store(numbered(0, 2));
        fixture.store(numbered(2, 4));

        fixture.deliverAll();

        assertThat(endpoint.bodies).extracting("gzip").containsExactly(true, false, false);
        assertThat(endpoint.taken).isEqualTo(numbered(0, 4));

        fixture.store(numbered(4, 5));
        assertThat(fixture.store.claim(0).batch().gzip()).isFalse();
        fixture.deliverAll();
    }

    @Test
    void resendsNoLineRefusedByA207WhileEveryRequestIsRefused() {
        endpoint.answers(byLine(Outcome.BAD_REQUEST, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY));
        endpoint.answers(Outcome.BAD_REQUEST, Outcome.BAD_REQUEST, Outcome.BAD_REQUEST, Outcome.BAD_REQUEST);
        fixture.store(numbered(0, 4));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(1, 4));
        assertThat(counters.dropped(DropReason.REFUSED)).isEqualTo(1);
    }

    @Test
    void failedAttemptsDoNotCountAgainstALineThatMayBeBad() {
        endpoint.answers(Outcome.RETRY, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY)
                .always(sent -> verdict(sent.contains("line 0") ? Outcome.BAD_REQUEST : Outcome.DELIVERED));
        fixture.store(numbered(0, 4));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(1, 4));
        assertThat(fixture.observer.events).noneMatch(words -> words.contains("failed: answered BAD_REQUEST"));
    }

    @Test
    void reportsHowLongEachRequestTook() {
        fixture.store(numbered(0, 3));
        endpoint.always(lines -> {
            fixture.now += 5;
            return verdict(Outcome.DELIVERED);
        });

        fixture.deliverAll();

        assertThat(fixture.observer.durations).containsExactly(5L);
    }

    @Test
    void marksLinesFromTheAgeOnAtWhichTheyAreLate() {
        fixture.store(List.of("in time"));
        fixture.now += Fixture.FORM.lateAge() - 1;
        fixture.deliverAll();
        fixture.store(List.of("late"));
        fixture.now += Fixture.FORM.lateAge();
        fixture.deliverAll();

        assertThat(endpoint.taken).containsExactly("in time", "+late");
    }
}
