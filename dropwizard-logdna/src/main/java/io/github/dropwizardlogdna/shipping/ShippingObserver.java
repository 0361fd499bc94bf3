package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.Map;

/**
 * Is told what happens, so that the core need not know who counts and who reports. Called on the batcher's and the
 * sender's threads, which wait for it: it must be quick, and may throw nothing.
 */
public interface ShippingObserver {

    /** The batcher or the sender has done some work: counters may have moved. */
    void progress();

    /** A request has ended, after so many nanoseconds. */
    void requestEnded(long nanos);

    /**
     * Of a request nothing was taken. Called for each attempt.
     *
     * @param heldLines how many lines are kept
     * @param retryInNanos when the next attempt follows
     */
    void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos);

    /** The endpoint takes lines again, after so many failures in a row over so many nanoseconds. */
    void deliveryRecovered(int failures, long nanos);

    /** The endpoint refused lines for good; why. */
    void linesRefused(Verdict verdict, int lines);

    /** So many lines were dropped since the last call, by reason; at most one call a minute for each reason. */
    void linesDropped(Map<DropReason, Long> dropped);

    /**
     * Something about the spool is not as it should be. Called for each time; the words may hold names of files, whatever
     * characters these have.
     *
     * @param where the file or the directory
     * @param details more about it, the rest of a sentence; empty if there is no more to say
     */
    void spoolProblem(SpoolProblem problem, String where, String details);

    /**
     * So many files of earlier processes were found in the spool; what is in them is delivered.
     *
     * @param directory the spool, in words
     */
    default void spoolTakenOver(int files, String directory) {}

    /**
     * Other code has interrupted a thread of the shipper, which ignores that. Called at most once for each thread.
     *
     * @param thread its name
     */
    default void interruptIgnored(String thread) {}

    /**
     * Something inside the shipper failed that should not, and shipping goes on. Lines that are lost by it are counted
     * as failed. Called for each error.
     */
    void internalError(String what, Throwable error);

    /**
     * Shipping has ended for good, before it was stopped. Called at most once, perhaps on a thread of the application.
     *
     * @param what in words, the rest of a sentence that begins with "because"
     * @param heldLines how many lines are held; those that the spool does not have are lost
     */
    void shippingFailed(String what, Throwable cause, long heldLines);
}
