package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several senders at one endpoint. */
class EndpointStatusTest {

    private static final long RETRY_AFTER = Duration.ofMinutes(2).toNanos();

    private final RecordingObserver observer = new RecordingObserver();
    private final List<Integer> othersWoken = new ArrayList<>();
    private final EndpointStatus status = new EndpointStatus(
            Fixture.RETRY, new ClockAndJitter(() -> 0, () -> 0), new Counters(() -> 0), observer, 3, othersWoken::add);

    @Test
    void aPauseHoldsForAllSenders() {
        send(0);
        fail(0, 10);

        assertThat(status.delay(1, 10)).isEqualTo(RETRY_AFTER);
        assertThat(status.delay(2, 10)).isEqualTo(RETRY_AFTER);
    }

    @Test
    void oneSenderTriesAloneAfterThePause() {
        send(0);
        fail(0, 0);

        assertThat(status.delay(1, RETRY_AFTER)).isZero();
        assertThat(status.delay(0, RETRY_AFTER)).isEqualTo(WakeSignal.FOREVER);
        send(1);
        status.accepted(1, RETRY_AFTER + 1);

        assertThat(othersWoken).endsWith(1);
        assertThat(status.delay(0, RETRY_AFTER + 1)).isZero();
        assertThat(status.delay(2, RETRY_AFTER + 1)).isZero();
    }

    @Test
    void aFailedTrialLetsTheOthersTryAfterTheNextPause() {
        send(0);
        fail(0, 0);
        assertThat(status.delay(1, RETRY_AFTER)).isZero();
        send(1);
        fail(1, RETRY_AFTER);

        assertThat(othersWoken).contains(1);
        assertThat(status.delay(2, 2 * RETRY_AFTER)).isZero();
    }

    @Test
    void aSenderThatHasNothingToTryLeavesTheTrialToTheOthers() {
        send(0);
        fail(0, 0);
        assertThat(status.delay(1, RETRY_AFTER)).isZero();

        status.idle(1, RETRY_AFTER, true);

        assertThat(othersWoken).contains(1);
        assertThat(status.delay(2, RETRY_AFTER)).isZero();
    }

    /** Such as those of a spool that can't be read now. */
    @Test
    void isNotIdleWhileBatchesAreHeld() {
        send(0);
        status.requestEnded();
        status.accepted(0, 1);
        status.delivering(0, 1);

        status.idle(0, 2, false);
        assertThat(status.state().kind()).isEqualTo(DeliveryState.Kind.DELIVERING);

        status.idle(0, 3, true);
        assertThat(status.state().kind()).isEqualTo(DeliveryState.Kind.IDLE);
    }

    @Test
    void requestsThatWereInFlightAtAFailureNeitherEndNorProlongThePause() {
        send(0);
        send(1);
        send(2);
        fail(0, 0);
        DeliveryState failing = status.state();

        status.accepted(1, 1);
        status.delivering(1, 1);
        status.failed(2, ScriptedClient.verdict(Outcome.SERVER_ERROR), false, 2);

        assertThat(status.delay(1, 2)).isEqualTo(RETRY_AFTER - 2);
        assertThat(status.state()).isSameAs(failing);
        assertThat(observer.events).noneMatch(event -> event.startsWith("recovered"));
    }

    @Test
    void aLongerRetryAfterOfARequestThatWasInFlightHolds() {
        send(0);
        send(1);
        fail(0, 0);
        status.failed(1, ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(4)), false, 0);

        assertThat(status.delay(2, 0)).isEqualTo(2 * RETRY_AFTER);
    }

    @Test
    void isIdleOnceNoSenderIsBusy() {
        send(0);
        send(1);

        status.idle(0, 1, true);
        assertThat(status.state().kind()).isEqualTo(DeliveryState.Kind.DELIVERING);
        status.idle(1, 2, true);
        assertThat(status.state().kind()).isEqualTo(DeliveryState.Kind.IDLE);
    }

    @Test
    void aShutdownWaitsForRequestsInFlightDuringAPause() {
        status.sending(0, 0);
        status.sending(1, 0);
        status.requestEnded();
        fail(0, 0);

        assertThat(status.isPausedBeyond(1)).isFalse();
        status.requestEnded();
        assertThat(status.isPausedBeyond(1)).isTrue();
        assertThat(status.isPausedBeyond(RETRY_AFTER)).isFalse();
    }

    @Test
    void ofTwoSendersInAPauseOnlyTheTrialEndsIt() {
        send(0);
        send(1);
        fail(0, 0);
        assertThat(status.delay(2, RETRY_AFTER)).isZero();
        send(2);
        status.failed(2, ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(1)), false, RETRY_AFTER);

        assertThat(status.delay(0, RETRY_AFTER)).isEqualTo(RETRY_AFTER / 2);
        assertThat(status.pausedUntil()).isEqualTo(RETRY_AFTER + RETRY_AFTER / 2);
    }

    @Test
    void aShorterRetryAfterOfARequestThatWasInFlightDoesNotEndThePause() {
        send(0);
        send(1);
        fail(0, 0);
        status.failed(1, ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(1)), false, 0);

        assertThat(status.delay(2, 0)).isEqualTo(RETRY_AFTER);
    }

    @Test
    void aSenderThatHasDroppedItsBatchLeavesTheTrialToTheOthers() {
        send(0);
        fail(0, 0);
        assertThat(status.delay(1, RETRY_AFTER)).isZero();
        send(1);

        status.release(1);

        assertThat(othersWoken).contains(1);
        assertThat(status.delay(2, RETRY_AFTER)).isZero();
        status.idle(0, 1, true);
        assertThat(status.state().kind()).as("nobody is busy").isEqualTo(DeliveryState.Kind.IDLE);
    }

    @Test
    void reportsEachFailureAndForHowLongItLasted() {
        send(0);
        fail(0, 1_000_000_000L);
        send(0);
        fail(0, 5_000_000_000L);
        assertThat(observer.pauses).containsExactly(RETRY_AFTER, RETRY_AFTER);
        send(0);
        status.accepted(0, 8_000_000_000L);

        assertThat(observer.events).last().isEqualTo("recovered after 2");
        assertThat(observer.outages).containsExactly(7_000_000_000L);
    }

    @Test
    void expectsARefusalForFiveMinutesAfterOne() {
        long fiveMinutes = Duration.ofMinutes(5).toNanos();
        assertThat(status.expectsRefusal(0)).isFalse();

        status.refusedLines(1_000);

        assertThat(status.expectsRefusal(1_000)).isTrue();
        assertThat(status.expectsRefusal(1_000 + fiveMinutes - 1)).isTrue();
        assertThat(status.expectsRefusal(1_000 + fiveMinutes)).isFalse();
    }

    @Test
    void showsThatItDeliversOnceARequestIsSettled() {
        send(0);
        fail(0, 0);
        send(0);
        status.accepted(0, 10);
        assertThat(status.state().kind()).isEqualTo(DeliveryState.Kind.RETRYING);

        status.delivering(0, 20);
        DeliveryState delivering = status.state();
        assertThat(delivering.kind()).isEqualTo(DeliveryState.Kind.DELIVERING);
        assertThat(delivering.since()).isEqualTo(20);
        status.delivering(0, 30);

        assertThat(status.state()).as("since the first of them").isSameAs(delivering);
    }

    @Test
    void saysWhenTheKeyWasLastAccepted() {
        send(0);
        status.accepted(0, 1_000_000_000L);
        send(0);
        status.failed(0, ScriptedClient.verdict(Outcome.KEY_REFUSED), true, 6_000_000_000L);

        assertThat(observer.events).last().asString().contains("accepted 5 s ago");
    }

    private void send(int sender) {
        status.sending(sender, 0);
        status.requestEnded();
    }

    private void fail(int sender, long now) {
        status.failed(sender, ScriptedClient.verdict(Outcome.RETRY, Duration.ofNanos(RETRY_AFTER)), false, now);
    }
}
