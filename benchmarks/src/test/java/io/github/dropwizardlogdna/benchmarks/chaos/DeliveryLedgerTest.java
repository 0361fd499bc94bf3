package io.github.dropwizardlogdna.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeliveryLedgerTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final LineId LINE = new LineId(0, "spooled", 0, 0);

    private final DeliveryLedger ledger = new DeliveryLedger(10 * SECOND);

    @Test
    void objectsToADuplicate() {
        deliver(0, 0);
        deliver(SECOND, SECOND);

        assertThat(ledger.broken()).singleElement().asString().contains("arrived twice");
    }

    @Test
    void allowsADuplicateOfARequestWithoutAResponse() {
        DeliveryLedger.Request first = ledger.arrived(0);
        ledger.unanswered(first);
        ledger.accepted(List.of(LINE), first, 0);
        deliver(1, 1);
        assertThat(ledger.broken()).isEmpty();

        deliver(2, 2);
        assertThat(ledger.broken()).as("of the second, which had a response").hasSize(1);
    }

    @Test
    void allowsADuplicateOfAnAnswerThatTookMoreThanHalfOfTheTimeout() {
        deliver(0, 5 * SECOND + 1);
        deliver(6 * SECOND, 6 * SECOND);

        assertThat(ledger.broken()).isEmpty();
    }

    @Test
    void objectsToADuplicateOfAnAnswerThatTookHalfOfTheTimeout() {
        deliver(0, 5 * SECOND);
        deliver(60 * SECOND, 60 * SECOND);

        assertThat(ledger.broken()).hasSize(1);
    }

    @Test
    void allowsADuplicateBeforeTheAnswerOnlyAfterHalfOfTheTimeout() {
        ledger.accepted(List.of(LINE), ledger.arrived(0), 0);
        ledger.accepted(List.of(LINE), ledger.arrived(5 * SECOND + 1), 5 * SECOND + 1);
        assertThat(ledger.broken()).isEmpty();

        ledger.accepted(List.of(LINE), ledger.arrived(6 * SECOND), 6 * SECOND);
        assertThat(ledger.broken()).hasSize(1);
    }

    @Test
    void allowsADuplicateWhileAWindowIsOpen() {
        ledger.responsesMayBeLost(10);
        deliver(10, 10);
        deliver(20, 20);

        assertThat(ledger.broken()).isEmpty();
    }

    @Test
    void allowsADuplicateOnlyOfALineThatWasAcceptedInTheWindow() {
        ledger.close(ledger.responsesMayBeLost(10), 20);
        for (int at : List.of(9, 10, 20, 21)) {
            LineId line = new LineId(at, "spooled", 0, 0);
            deliver(line, at, at);
            deliver(line, 100, 100);
        }

        assertThat(ledger.broken()).hasSize(2);
        assertThat(ledger.broken().get(0)).contains("process=9,");
        assertThat(ledger.broken().get(1)).contains("process=21,");
    }

    @Test
    void objectsToADuplicateAfterAPause() {
        deliver(0, 0);
        ledger.paused(0, 10 * SECOND);
        deliver(11 * SECOND, 11 * SECOND);

        assertThat(ledger.broken()).hasSize(1);
    }

    @Test
    void allowsADuplicateAfterAPauseIfTheNextRequestIsLate() {
        deliver(0, 0);
        ledger.paused(0, 10 * SECOND);
        ledger.arrived(9 * SECOND); // was on its way during the pause
        deliver(11 * SECOND + 1, 11 * SECOND + 1);
        assertThat(ledger.broken()).isEmpty();

        deliver(12 * SECOND, 12 * SECOND);
        assertThat(ledger.broken())
                .as("of a line that was accepted after the pause")
                .hasSize(1);
    }

    @Test
    void tellsMissingLinesFromRefusedOnes() {
        deliver(0, 0);
        ledger.refused(new LineId(0, "spooled", 0, 1));

        assertThat(ledger.missingBefore(3, LINE.stream())).isEqualTo(1);
        assertThat(ledger.missingOrRefusedBefore(3, LINE.stream())).isEqualTo(2);
    }

    @Test
    void countsAllBrokenInvariantsButKeepsTheFirst() {
        for (int i = 0; i < 60; i++) {
            ledger.broken("broken " + i);
        }

        assertThat(ledger.broken()).hasSize(50).first().isEqualTo("broken 0");
        assertThat(ledger.brokenInTotal()).isEqualTo(60);
    }

    private void deliver(long arrived, long answered) {
        deliver(LINE, arrived, answered);
    }

    private void deliver(LineId line, long arrived, long answered) {
        DeliveryLedger.Request request = ledger.arrived(arrived);
        ledger.accepted(List.of(line), request, arrived);
        ledger.answered(request, answered);
    }
}
