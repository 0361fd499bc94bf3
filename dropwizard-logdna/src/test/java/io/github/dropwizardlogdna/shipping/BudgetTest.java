package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

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

    @Test
    void reservesWhatBatchesAddToTheirLines() {
        BufferLimits limits = new BufferLimits(10, 1 << 20, 2, 100);
        Budget configured = Budget.of(
                new ShippingSettings(limits, false, 256 * 1024, Duration.ofSeconds(1), true, Fixture.RETRY, null));
        int room = (1 << 20) - 8 * OpenBatch.ENVELOPE; // four that are full, and four more

        assertThat(configured.check(0, 0, room, 1, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(configured.check(0, 0, room + 1, 1, false)).isEqualTo(AppendResult.TOO_LARGE);
        assertThat(configured.check(0, 0, room - 100, 8, true)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(configured.check(0, 0, room - 99, 8, true)).isEqualTo(AppendResult.DISCARDED);
        assertThat(configured.check(0, 0, room - 100, 9, true)).isEqualTo(AppendResult.DISCARDED);
    }
}
