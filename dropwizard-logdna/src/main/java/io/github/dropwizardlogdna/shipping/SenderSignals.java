package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Wakes the senders: one idle sender for a new batch, not all of them.
 *
 * <p>A sender marks itself idle and then looks for a batch; the batcher adds a batch and then looks for an idle sender: one
 * of them sees the other. A sender that is not idle looks for a batch before it sleeps.
 */
final class SenderSignals {

    private final WakeSignal[] signals;
    private final AtomicIntegerArray idle;

    SenderSignals(int senders) {
        this.signals = new WakeSignal[senders];
        this.idle = new AtomicIntegerArray(senders);
        for (int i = 0; i < senders; i++) {
            signals[i] = new WakeSignal();
            idle.set(i, 1); // a batch may be there before the first step
        }
    }

    WakeSignal of(int sender) {
        return signals[sender];
    }

    /** A sender is about to look for a batch, and sleeps until it is woken if there is none. */
    void setIdle(int sender) {
        idle.set(sender, 1);
    }

    /** A sender has a batch. */
    void setBusy(int sender) {
        idle.set(sender, 0);
    }

    /** There is a batch to claim. Any thread. */
    void wakeIdle() {
        for (int i = 0; i < signals.length; i++) {
            if (idle.get(i) == 1 && idle.compareAndSet(i, 1, 0)) {
                signals[i].raise();
                return;
            }
        }
    }

    /** Wakes all senders but one. Any thread. */
    void wakeOthers(int sender) {
        for (int i = 0; i < signals.length; i++) {
            if (i != sender) {
                signals[i].raise();
            }
        }
    }

    /** Wakes all senders. Any thread. */
    void wakeAll() {
        wakeOthers(-1);
    }
}
