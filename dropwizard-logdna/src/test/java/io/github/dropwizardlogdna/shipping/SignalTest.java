package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SignalTest {

    private final Signal signal = new Signal();

    @Test
    void isNotLostWhereTheThreadParksForSomethingElseInBetween() {
        signal.raise();
        LockSupport.park(); // as a contended lock does: uses up the permit

        signal.await(Signal.FOREVER); // returns
    }

    @Test
    void wakesItsOwnerEvenIfWhoeverRaisedItFirstDidNot() throws Exception {
        Thread owner = new Thread(() -> signal.await(Signal.FOREVER));
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
        Thread owner = new Thread(() -> signal.await(Signal.FOREVER));
        signal.belongsTo(owner);
        owner.start();

        signal.raise();

        owner.join();
    }
}
