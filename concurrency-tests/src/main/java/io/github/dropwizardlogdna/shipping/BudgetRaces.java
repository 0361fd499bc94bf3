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

/** The bytes of the budget while they move from the hand-off to the batcher. */
final class BudgetRaces {

    private BudgetRaces() {}

    private static final byte[] LINE = {'l', 'i', 'n', 'e', ',', '\n'};

    private static HandOff queueOver(Ledger ledger) {
        HandOff queue = new HandOff(new BufferLimits(10, 10, 0, 0), 64, ledger::bytesDownstream, () -> {});
        queue.append(LINE, LINE.length, 1, false);
        return queue;
    }

    private static void takeOver(HandOff queue, Ledger ledger) {
        Chunk chunk = Objects.requireNonNull(queue.poll());
        ledger.takeOver(LINE.length);
        queue.consumed(chunk, LINE.length, 1);
        ledger.moved();
    }

    /** As Shipper.heldBytes reads it. */
    @JCStressTest
    @Outcome(id = "6", expect = ACCEPTABLE, desc = "the line is held, wherever it is")
    @Outcome(expect = FORBIDDEN, desc = "a line is counted twice, or not at all")
    @State
    public static class TakeOverAgainstHeldBytes {
        private final Ledger ledger = new Ledger();
        private final HandOff queue = queueOver(ledger);

        @Actor
        public void batcher() {
            takeOver(queue, ledger);
        }

        @Actor
        public void metrics(J_Result r) {
            while (true) {
                int before = ledger.moves();
                long bytes = queue.waitingBytes() + ledger.bytesDownstream();
                if (before % 2 == 0 && before == ledger.moves()) {
                    r.r1 = bytes;
                    return;
                }
            }
        }
    }

    /** The buffer holds one such line, and one is in it: no moment of its move lets a second one in. */
    @JCStressTest
    @Outcome(id = "0, false", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the bound does not hold while bytes move")
    @State
    public static class TakeOverAgainstTheBound {
        private final Ledger ledger = new Ledger();
        private final HandOff queue = queueOver(ledger);

        @Actor
        public void batcher() {
            takeOver(queue, ledger);
        }

        @Actor
        public void loggingThread(IZ_Result r) {
            r.r2 = queue.append(LINE, LINE.length, 1, false) == Admission.ACCEPTED;
        }
    }
}
