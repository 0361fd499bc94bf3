package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class WakeSignalTest {

    private final WakeSignal signal = new WakeSignal();

    @Test
    void isNotLostIfTheThreadParksElsewhereInBetween() {
        signal.raise();
        LockSupport.park(); // as a contended lock does: uses up the permit

        signal.await(WakeSignal.FOREVER); // returns
    }

    @Test
    void wakesItsOwnerEvenIfTheFirstRaiseDidNot() throws Exception {
        Thread owner = new Thread(() -> signal.await(WakeSignal.FOREVER));
        owner.start();
        while (owner.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        signal.raise(); // wakes this thread, which it still belongs to
        signal.belongsTo(owner);

        signal.raise();

        owner.join();
    }

    @Test
    void wakesItsOwnerFromAnotherThread() throws Exception {
        Thread owner = new Thread(() -> signal.await(WakeSignal.FOREVER));
        signal.belongsTo(owner);
        owner.start();

        signal.raise();

        owner.join();
    }

    @Test
    void endsAWaitAfterItsTime() throws Exception {
        signal.await(1);
        signal.await(0); // returns, as all of them do

        Thread owner = new Thread(() -> signal.await(Long.MAX_VALUE - 1));
        owner.start();
        while (owner.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        signal.belongsTo(owner);
        signal.raise();
        owner.join();
    }
}
