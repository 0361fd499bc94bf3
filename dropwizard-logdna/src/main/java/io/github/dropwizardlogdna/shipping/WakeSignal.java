package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.locks.LockSupport;

/**
 * Wakes one thread. A signal that is raised while the thread is awake ends its next wait at once. Unlike the permit of
 * {@link LockSupport}, it is not consumed by a lock that the thread takes in between.
 */
final class WakeSignal {

    /** A wait that only the signal ends. */
    static final long FOREVER = Long.MAX_VALUE;

    private volatile boolean raised;
    private volatile Thread owner = Thread.currentThread();

    /** Sets the thread to wake. */
    void belongsTo(Thread thread) {
        owner = thread;
    }

    /**
     * Wakes the owner. Unparks it even if the signal is raised already, because a StackOverflowError may have stopped the
     * thread that raised it right before the unpark. Any thread.
     */
    void raise() {
        raised = true;
        LockSupport.unpark(owner);
    }

    /** Waits for the signal or the timeout, then clears it. May wake spuriously. Owner only. */
    void await(long nanos) {
        if (!raised) {
            if (nanos == FOREVER) {
                LockSupport.park(this);
            } else if (nanos > 0) {
                LockSupport.parkNanos(this, nanos);
            }
        }
        // Cleared before the owner looks for work, so that no signal raised from here on is missed.
        raised = false;
    }
}
