package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** The bytes of the budget while they move from the queue to the batcher. */
final class BudgetRaces {

    private BudgetRaces() {}

    private static final byte[] LINE = {'l', 'i', 'n', 'e', ',', '\n'};

    private static LineQueue queueOver(Budget budget) {
        LineQueue queue = new LineQueue(budget, 64, () -> {});
        queue.append(LINE, LINE.length, 1, false);
        return queue;
    }

    private static Budget budget() {
        return new Budget(new BufferLimits(10, 10, 0, 0));
    }

    private static void takeOver(LineQueue queue) {
        queue.consumed(Objects.requireNonNull(queue.poll()), LINE.length, 1);
    }

    @JCStressTest
    @Outcome(id = "6", expect = ACCEPTABLE, desc = "the line is held, wherever it is")
    @Outcome(expect = FORBIDDEN, desc = "a line is counted twice, or not at all")
    @State
    public static class TakeOverAgainstHeldBytes {
        private final Budget budget = budget();
        private final LineQueue queue = queueOver(budget);

        @Actor
        public void batcher() {
            takeOver(queue);
        }

        @Actor
        public void metrics(J_Result r) {
            r.r1 = budget.held(queue::totalBytes);
        }
    }

    /** The buffer has room for one such line and holds one: at no moment of its move does a second one fit. */
    @JCStressTest
    @Outcome(id = "0, false", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the bound does not hold while bytes move")
    @State
    public static class TakeOverAgainstTheBound {
        private final Budget budget = budget();
        private final LineQueue queue = queueOver(budget);

        @Actor
        public void batcher() {
            takeOver(queue);
        }

        @Actor
        public void loggingThread(IZ_Result r) {
            r.r2 = queue.append(LINE, LINE.length, 1, false) == AppendResult.ACCEPTED;
        }
    }
}
