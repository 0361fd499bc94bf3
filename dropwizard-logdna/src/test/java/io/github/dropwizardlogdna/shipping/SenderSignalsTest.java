package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each test waits for ever if a signal is missing. */
@Timeout(180)
class SenderSignalsTest {

    private final SenderSignals signals = new SenderSignals(3);

    private void assertRaised(int sender) {
        // Uses up the permit that another signal may have left, so that only this one ends the wait.
        LockSupport.unpark(Thread.currentThread());
        LockSupport.park();
        signals.of(sender).await(WakeSignal.FOREVER);
    }

    @Test
    void wakesEachSenderBeforeItsFirstStep() {
        signals.wakeIdle();
        signals.wakeIdle();
        signals.wakeIdle();

        assertRaised(0);
        assertRaised(1);
        assertRaised(2);
    }

    @Test
    void wakesNoSenderThatHasABatch() {
        signals.setBusy(0);
        signals.setBusy(1);

        signals.wakeIdle();

        assertRaised(2);
    }

    @Test
    void wakesASenderThatIsIdleAgain() {
        for (int sender = 0; sender < 3; sender++) {
            signals.setBusy(sender);
        }
        signals.wakeIdle(); // none
        signals.setIdle(1);

        signals.wakeIdle();

        assertRaised(1);
    }

    @Test
    void wakesAllOthers() {
        signals.wakeOthers(1);

        assertRaised(0);
        assertRaised(2);
    }

    @Test
    void wakesAll() {
        signals.wakeAll();

        assertRaised(0);
        assertRaised(1);
        assertRaised(2);
    }
}
