package io.github.dropwizardlogdna.shipping;

import java.util.function.BooleanSupplier;

/**
 * Takes lines from logging threads into the queue, or drops and counts them. Any thread; blocks only if the buffer is full
 * and that is configured.
 */
final class Intake {

    private final LineQueue queue;
    private final BatchStore store;
    private final Counters counters;
    private final DropReporter losses;
    private final boolean waitForRoom;
    private final BooleanSupplier hasFailed;
    private final NotFullCondition notFull = new NotFullCondition();

    /**
     * Creates an open intake.
     *
     * @param waitForRoom whether a logging thread waits if the buffer is full
     * @param hasFailed whether shipping ended by an error, so that lines fail because of that
     */
    Intake(Pipeline pipeline, boolean waitForRoom, BooleanSupplier hasFailed) {
        this.queue = pipeline.queue();
        this.store = pipeline.store();
        this.counters = pipeline.counters();
        this.losses = pipeline.losses();
        this.waitForRoom = waitForRoom;
        this.hasFailed = hasFailed;
    }

    /** See {@link Shipper#append}. */
    AppendResult append(byte[] bytes, int length, int lines, boolean discardable) {
        AppendResult admission = queue.append(bytes, length, lines, discardable);
        if (admission == AppendResult.FULL && waitForRoom) {
            admission = notFull.await(() -> queue.append(bytes, length, lines, discardable));
        }
        if (admission != AppendResult.ACCEPTED) {
            drop(reasonOf(admission), lines);
        }
        return admission;
    }

    /** See {@link Shipper#rejectEarly}. */
    boolean rejectEarly(boolean discardable) {
        AppendResult outlook = queue.outlook(discardable);
        if (outlook == AppendResult.ACCEPTED || (outlook == AppendResult.FULL && waitForRoom)) {
            return false;
        }
        drop(reasonOf(outlook), 1);
        return true;
    }

    private DropReason reasonOf(AppendResult refusal) {
        return switch (refusal) {
            case FULL -> store.isFull() ? DropReason.SPOOL_FULL : DropReason.FULL;
            case DISCARDED -> DropReason.DISCARDED;
            case TOO_LARGE -> DropReason.TOO_LARGE;
            case CLOSED -> hasFailed.getAsBoolean() ? DropReason.FAILED : DropReason.ABANDONED;
            case ACCEPTED -> throw new IllegalArgumentException("not a refusal");
        };
    }

    /** Counts lines that were dropped before they reached the buffer. */
    void drop(DropReason reason, int lines) {
        counters.rejected(reason, lines);
        losses.dropped();
    }

    /** There may be more room than before: wakes blocked threads. */
    void roomFreed() {
        notFull.signal();
    }

    /** Releases blocked threads; from now on none blocks. */
    void releaseBlocked() {
        notFull.close();
    }

    /** Takes no more lines. */
    void close() {
        queue.close();
        notFull.close(); // after that, so that a released thread finds it closed, not full
    }
}
