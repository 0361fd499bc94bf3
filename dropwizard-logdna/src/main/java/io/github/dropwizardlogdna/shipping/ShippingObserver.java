package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.Map;

/**
 * Receives shipping events; keeps metrics and reporting out of this package. Called on the batcher's and the senders'
 * threads, possibly at the same time; only calls of {@link #deliveryFailed} and {@link #deliveryRecovered} never overlap.
 * The threads wait for it: it must be fast and must not throw.
 */
public interface ShippingObserver {

    /** The batcher or the sender has done some work: counters may have changed. */
    default void progress() {}

    /** A request has ended, after {@code nanos} nanoseconds. */
    default void requestEnded(long nanos) {}

    /**
     * A request failed, or some of its lines must be sent again. Called for each attempt that a pause follows.
     *
     * @param heldLines how many lines are kept
     * @param retryInNanos the time until the next attempt
     */
    default void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos) {}

    /** The endpoint takes lines again, after {@code failures} failures in a row over {@code nanos} nanoseconds. */
    default void deliveryRecovered(int failures, long nanos) {}

    /** The endpoint refused lines permanently, for the reason in {@code verdict}. */
    default void linesRefused(Verdict verdict, int lines) {}

    /** Lines were dropped since the last call: how many for each reason. At most one call a minute for each reason. */
    default void linesDropped(Map<DropReason, Long> dropped) {}

    /**
     * The spool has a problem. Called each time; the texts may hold file names with any characters.
     *
     * @param where the file or the directory
     * @param details the rest of a sentence about it; may be empty
     */
    default void spoolProblem(SpoolProblem problem, String where, String details) {}

    /**
     * Files of earlier processes were found in the spool; their lines will be delivered.
     *
     * @param files how many
     * @param directory the spool's directory
     */
    default void spoolTakenOver(int files, String directory) {}

    /**
     * Other code has interrupted a thread of the shipper, which ignores it. Called at most once for each thread.
     *
     * @param thread its name
     */
    default void interruptIgnored(String thread) {}

    /**
     * An unexpected error occurred inside the shipper, and shipping goes on. Lines that it costs are counted as failed.
     * Called for each error.
     *
     * @param what the part that failed
     */
    default void internalError(String what, Throwable error) {}

    /**
     * Shipping has ended by an error, before it was stopped. Called at most once, possibly on a thread of the application.
     *
     * @param what the rest of a sentence that begins with "because"
     * @param heldLines how many lines are held; those that are not in the spool are lost
     */
    default void shippingFailed(String what, Throwable cause, long heldLines) {}
}
