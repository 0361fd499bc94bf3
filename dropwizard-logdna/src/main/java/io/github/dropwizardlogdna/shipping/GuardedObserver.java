package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.Map;

/**
 * Keeps from the shipping threads whatever an observer throws: a report goes through the application's other appenders,
 * where anything may fail, and a line must not be lost because it could not be talked about. Also counts the errors.
 *
 * <p>What was thrown is itself told as an error. Where that fails, too, there is nobody left to tell; the count stays.
 */
final class GuardedObserver implements ShippingObserver {

    private final ShippingObserver observer;
    private final Ledger ledger;

    GuardedObserver(ShippingObserver observer, Ledger ledger) {
        this.observer = observer;
        this.ledger = ledger;
    }

    @Override
    public void progress() {
        guarded(observer::progress);
    }

    @Override
    public void requestEnded(long nanos) {
        guarded(() -> observer.requestEnded(nanos));
    }

    @Override
    public void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos) {
        guarded(() -> observer.deliveryFailed(verdict, heldLines, retryInNanos));
    }

    @Override
    public void deliveryRecovered(int failures, long nanos) {
        guarded(() -> observer.deliveryRecovered(failures, nanos));
    }

    @Override
    public void linesRefused(Verdict verdict, int lines) {
        guarded(() -> observer.linesRefused(verdict, lines));
    }

    @Override
    public void linesDropped(Map<DropReason, Long> dropped) {
        guarded(() -> observer.linesDropped(dropped));
    }

    @Override
    public void spoolProblem(SpoolProblem problem, String where, String details) {
        guarded(() -> observer.spoolProblem(problem, where, details));
    }

    @Override
    public void spoolTakenOver(int files, String directory) {
        guarded(() -> observer.spoolTakenOver(files, directory));
    }

    @Override
    public void interruptIgnored(String thread) {
        guarded(() -> observer.interruptIgnored(thread));
    }

    @Override
    public void shippingFailed(String what, Throwable cause, long heldLines) {
        guarded(() -> observer.shippingFailed(what, cause, heldLines));
    }

    @Override
    public void internalError(String what, Throwable error) {
        ledger.internalError();
        try {
            observer.internalError(what, error);
        } catch (Throwable e) {
            // nobody is left to tell
        }
    }

    private void guarded(Runnable report) {
        try {
            report.run();
        } catch (Throwable e) {
            internalError("what reports", e);
        }
    }
}
