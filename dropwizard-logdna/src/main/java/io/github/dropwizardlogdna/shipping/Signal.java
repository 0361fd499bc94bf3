package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.locks.LockSupport;

/**
 * Wakes one thread. A signal that is raised while the thread is awake ends its next wait at once; and unlike the bare
 * permit of {@link LockSupport}, it is not used up by a lock that the thread happens to take in between.
 */
final class Signal {

    /** For how long the owner waits if only the signal is to end it. */
    static final long FOREVER = Long.MAX_VALUE;

    private volatile boolean raised;
    private volatile Thread owner = Thread.currentThread();

    /** Whose waits it ends from now on. */
    void belongsTo(Thread thread) {
        owner = thread;
    }

    /**
     * Any thread. Unparks the owner even if the signal is raised already: whoever raised it may have been stopped by a
     * StackOverflowError right before the unpark.
     */
    void raise() {
        raised = true;
        LockSupport.unpark(owner);
    }

    /** Waits for the signal or the timeout, then clears it. May wake spuriously. The owner only. */
    void await(long nanos) {
        if (!raised) {
            if (nanos == FOREVER) {
                LockSupport.park(this);
            } else if (nanos > 0) {
                LockSupport.parkNanos(this, nanos);
            }
        }
        // Lowered before the owner looks at what there is to do, so that nothing that is raised from here on is missed.
        raised = false;
    }
}
