package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {

    private final Budget budget = new Budget(new BufferLimits(10, 1_000, 2, 100));

    @Test
    void takesLinesUpToItsLimits() {
        assertThat(budget.check(900, 0, 100, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.check(900, 0, 101, 1, false)).isEqualTo(AppendResult.FULL);
        assertThat(budget.check(0, 9, 1, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.check(0, 9, 1, 2, false)).isEqualTo(AppendResult.FULL);
    }

    @Test
    void distinguishesLinesThatCanNeverFit() {
        assertThat(budget.check(1, 0, 1_000, 1, false)).isEqualTo(AppendResult.FULL);
        assertThat(budget.check(1, 0, 1_001, 1, false)).isEqualTo(AppendResult.TOO_LARGE);
        assertThat(budget.check(0, 1, 1, 10, false)).isEqualTo(AppendResult.FULL);
        assertThat(budget.check(0, 1, 1, 11, false)).isEqualTo(AppendResult.TOO_LARGE);
    }

    @Test
    void keepsTheReserveForLinesThatMustNotBeDiscarded() {
        assertThat(budget.check(800, 0, 100, 1, true)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.check(800, 0, 101, 1, true)).isEqualTo(AppendResult.DISCARDED);
        assertThat(budget.check(800, 0, 101, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.check(0, 7, 1, 1, true)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.check(0, 7, 1, 2, true)).isEqualTo(AppendResult.DISCARDED);
    }

    @Test
    void countsWhatIsDownstreamAsWell() {
        budget.moveDownstream(300, 500, 4);
        assertThat(budget.downstream()).isEqualTo(300);
        assertThat(budget.queueStartByte()).isEqualTo(500);
        assertThat(budget.queueStartLine()).isEqualTo(4);

        assertThat(budget.check(600, 4, 600, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.check(600, 4, 601, 1, false)).isEqualTo(AppendResult.FULL);
        assertThat(budget.check(600, 4, 1, 10, false))
                .as("lines downstream are in batches")
                .isEqualTo(AppendResult.ACCEPTED);
        assertThat(budget.held(() -> 600)).isEqualTo(400);

        budget.hold(50);
        assertThat(budget.held(() -> 600)).isEqualTo(450);
        budget.release(350);
        assertThat(budget.held(() -> 600)).isEqualTo(100);
    }

    @Test
    void aReadThatMeetsAMoveIsRepeated() {
        boolean[] moved = new boolean[1];

        long held = budget.held(() -> {
            if (!moved[0]) {
                moved[0] = true;
                budget.moveDownstream(80, 100, 1);
            }
            return 100;
        });

        assertThat(held).as("in one place, not in both").isEqualTo(80);
    }

    private static Budget configured(long maxBytes, int batchSize, boolean gzip, int requests, boolean spool) {
        SpoolSettings directory = spool ? new SpoolSettings(Path.of("unused"), 1 << 20, "unused", () -> null) : null;
        return Budget.of(new ShippingSettings(
                new BufferLimits(10, maxBytes, 2, maxBytes / 4),
                false,
                batchSize,
                batchSize,
                Duration.ofSeconds(1),
                gzip,
                Fixture.RETRY,
                requests,
                directory));
    }

    @Test
    void reservesWhatBatchesAddToTheirLines() {
        Budget configured = configured(1 << 20, 256 * 1024, true, 1, false);
        int room = (1 << 20) - 8 * OpenBatch.ENVELOPE - 128 * 1024; // four that are full, and four more

        assertThat(configured.check(0, 0, room, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(configured.check(0, 0, room + 1, 1, false)).isEqualTo(AppendResult.TOO_LARGE);
    }

    @Test
    void theShareForImportantLinesIsThatOfTheRoomForLines() {
        Budget configured = configured(1 << 20, 256 * 1024, true, 1, false);
        int room = (1 << 20) - 8 * OpenBatch.ENVELOPE - 128 * 1024;
        int unreserved = room - room / 4;

        assertThat(configured.check(0, 0, unreserved, 8, true)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(configured.check(0, 0, unreserved + 1, 8, true)).isEqualTo(AppendResult.DISCARDED);
        assertThat(configured.check(0, 0, unreserved, 9, true)).isEqualTo(AppendResult.DISCARDED);
    }

    /** The numbers are copies of an uncompressed batch. */
    @ParameterizedTest
    @CsvSource({
        "true, 1, false, 0.5",
        "true, 3, false, 1.5",
        "false, 1, false, 1",
        "true, 1, true, 1",
        "false, 1, true, 2",
        "false, 2, true, 4",
        "false, 8, true, 4", // a quarter of the buffer
    })
    void reservesWhatRequestsNeed(boolean gzip, int requests, boolean spool, double copies) {
        int batch = 64 * 1024;
        Budget configured = configured(1 << 20, batch, gzip, requests, spool);
        int room = (1 << 20) - 20 * OpenBatch.ENVELOPE - (int) (copies * batch);

        assertThat(configured.check(0, 0, room, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(configured.check(0, 0, room + 1, 1, false)).isEqualTo(AppendResult.TOO_LARGE);
    }
}
