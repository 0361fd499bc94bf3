package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.concurrent.atomic.AtomicBoolean;

/** The error that has ended shipping, if there was one. The first one stays. Any thread. */
final class FatalError {

    private final AtomicBoolean happened = new AtomicBoolean();
    private volatile long since;

    @Nullable
    private volatile DeliveryState state;

    boolean hasHappened() {
        return happened.get();
    }

    /** Something failed. Makes no objects, because memory may be short. Returns whether it is the first failure. */
    boolean happen() {
        if (happened.get()) {
            return false;
        }
        since = System.nanoTime(); // not the given clock, which may be the part that failed
        return happened.compareAndSet(false, true);
    }

    void describe(String what, Throwable error) {
        state = DeliveryState.failed(what + ": " + error.getClass().getSimpleName(), since);
    }

    /** The state to show after a failure. */
    DeliveryState state() {
        DeliveryState known = state;
        return known != null ? known : DeliveryState.failed("of an error in the shipper", since);
    }
}
