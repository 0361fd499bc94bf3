package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Records all events as texts. */
class RecordingObserver implements ShippingObserver {

    /** Files of earlier processes. */
    final AtomicInteger takenOver = new AtomicInteger();

    final List<String> events = new CopyOnWriteArrayList<>();

    /** How long each request took, in nanoseconds. */
    final List<Long> durations = new CopyOnWriteArrayList<>();

    /** The pause after each failure, in nanoseconds. */
    final List<Long> pauses = new CopyOnWriteArrayList<>();

    /** The length of each series of failures, in nanoseconds. */
    final List<Long> outages = new CopyOnWriteArrayList<>();

    @Override
    public void progress() {}

    @Override
    public void requestEnded(long nanos) {
        durations.add(nanos);
    }

    @Override
    public void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos) {
        pauses.add(retryInNanos);
        events.add("failed: " + verdict.reason() + ", " + heldLines + " held");
    }

    @Override
    public void deliveryRecovered(int failures, long nanos) {
        outages.add(nanos);
        events.add("recovered after " + failures);
    }

    @Override
    public void linesRefused(Verdict verdict, int lines) {
        events.add("refused " + lines);
    }

    @Override
    public void linesDropped(Map<DropReason, Long> dropped) {
        events.add("dropped " + dropped);
    }

    @Override
    public void spoolProblem(SpoolProblem problem, String where, String details) {
        events.add(problem + " " + where + (details.isEmpty() ? "" : ": " + details));
    }

    @Override
    public void spoolTakenOver(int files, String directory) {
        takenOver.addAndGet(files);
    }

    @Override
    public void interruptIgnored(String thread) {
        events.add("interrupted: " + thread);
    }

    @Override
    public void internalError(String what, Throwable error) {
        events.add("error in " + what + ": " + error);
    }

    @Override
    public void shippingFailed(String what, Throwable cause, long heldLines) {
        events.add("ended, because " + what + ": " + cause + ", " + heldLines + " held");
    }
}
