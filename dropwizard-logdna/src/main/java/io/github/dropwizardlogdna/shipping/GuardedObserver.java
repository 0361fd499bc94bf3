package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Passes each event to all observers, and protects the shipping threads from one that throws: a report goes through the
 * application's other appenders, where anything may fail, and that must not lose a line. Also counts the errors.
 *
 * <p>The exception is itself reported as an error. If that fails as well, only the count remains.
 */
final class GuardedObserver implements ShippingObserver {

    /** An array, because an iterator would need memory just when memory is short. */
    private final ShippingObserver[] observers;

    private final Counters counters;

    GuardedObserver(List<ShippingObserver> observers, Counters counters) {
        this.observers = observers.toArray(ShippingObserver[]::new);
        this.counters = counters;
    }

    @Override
    public void progress() {
        forEach(ShippingObserver::progress);
    }

    @Override
    public void requestEnded(long nanos) {
        // Without a lambda, which needs memory: this is called for each request, also for one that succeeded.
        for (ShippingObserver observer : observers) {
            try {
                observer.requestEnded(nanos);
            } catch (Throwable e) {
                internalError("the observer", e);
            }
        }
    }

    @Override
    public void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos) {
        forEach(observer -> observer.deliveryFailed(verdict, heldLines, retryInNanos));
    }

    @Override
    public void deliveryRecovered(int failures, long nanos) {
        forEach(observer -> observer.deliveryRecovered(failures, nanos));
    }

    @Override
    public void linesRefused(Verdict verdict, int lines) {
        forEach(observer -> observer.linesRefused(verdict, lines));
    }

    @Override
    public void linesDropped(Map<DropReason, Long> dropped) {
        forEach(observer -> observer.linesDropped(dropped));
    }

    @Override
    public void spoolProblem(SpoolProblem problem, String where, String details) {
        forEach(observer -> observer.spoolProblem(problem, where, details));
    }

    @Override
    public void spoolTakenOver(int files, String directory) {
        forEach(observer -> observer.spoolTakenOver(files, directory));
    }

    @Override
    public void interruptIgnored(String thread) {
        forEach(observer -> observer.interruptIgnored(thread));
    }

    @Override
    public void shippingFailed(String what, Throwable cause, long heldLines) {
        forEach(observer -> observer.shippingFailed(what, cause, heldLines));
    }

    @Override
    public void internalError(String what, Throwable error) {
        counters.internalError();
        for (ShippingObserver observer : observers) {
            try {
                observer.internalError(what, error);
            } catch (Throwable e) {
                // counted, and there is no other way to report it
            }
        }
    }

    private void forEach(Consumer<ShippingObserver> event) {
        for (ShippingObserver observer : observers) {
            try {
                event.accept(observer);
            } catch (Throwable e) {
                internalError("the observer", e);
            }
        }
    }
}
