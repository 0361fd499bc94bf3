package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes one thread. A signal that is raised while the thread is awake ends its next wait at once; and unlike the bare
 * permit of {@link LockSupport}, it is not used up by a lock that the thread happens to take in between.
 */
final class Signal {

    /** For how long the owner waits if only the signal is to end it. */
    static final long FOREVER = Long.MAX_VALUE;

    private final AtomicBoolean raised = new AtomicBoolean();
    private volatile Thread owner = Thread.currentThread();

    /** Whose waits it ends from now on. */
    void belongsTo(Thread thread) {
        owner = thread;
    }

    /** Any thread. Costs a read where it is raised already. */
    void raise() {
        if (!raised.get() && raised.compareAndSet(false, true)) {
            LockSupport.unpark(owner);
        }
    }

    /** Waits for the signal, or so many nanoseconds, and lowers it; may return without a reason. The owner only. */
    void await(long nanos) {
        if (!raised.get()) {
            if (nanos == FOREVER) {
                LockSupport.park(this);
            } else if (nanos > 0) {
                LockSupport.parkNanos(this, nanos);
            }
        }
        // Lowered before the owner looks at what there is to do, so that nothing that is said from here on is missed.
        raised.set(false);
    }
}
