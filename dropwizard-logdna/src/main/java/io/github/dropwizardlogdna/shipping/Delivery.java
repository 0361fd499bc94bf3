package io.github.dropwizardlogdna.shipping;

/**
 * A batch that is being delivered: which of its lines are settled, how the others are divided, and the memory it takes.
 * Owned by the sender's thread.
 */
final class Delivery {

    private final Batch batch;
    /** Whether the batch comes from an earlier process: its lines count as recovered, not as accepted. */
    private final boolean recovered;

    private final Division division;
    private final Budget budget;
    private final Counters counters;
    private final DropReporter losses;

    /** Bytes that the batch takes only while it is delivered, because it was loaded from a disk. */
    private final int loadedBytes;

    private int divisionBytes;
    private int settled;

    Delivery(BatchStore.Stored stored, boolean expectsRefusal, Pipeline pipeline) {
        this.batch = stored.batch();
        this.recovered = stored.recovered();
        this.division = new Division(batch, expectsRefusal);
        this.budget = pipeline.budget();
        this.counters = pipeline.counters();
        this.losses = pipeline.losses();
        this.loadedBytes = stored.loaded() ? batch.held() : 0;
        budget.hold(loadedBytes);
    }

    Division division() {
        return division;
    }

    /** When the oldest line was appended. */
    long since() {
        return batch.since();
    }

    /** Whether the batch comes from an earlier process, so that its age is unknown. */
    boolean isRecovered() {
        return recovered;
    }

    boolean isSettled() {
        return division.isSettled();
    }

    /** How many of this process's lines are settled. Also read once the sender's thread has ended. */
    int settledLines() {
        return recovered ? 0 : settled;
    }

    /** Counts the memory that dividing the batch takes. */
    void holdDivision() {
        int more = division.held() - divisionBytes;
        divisionBytes += more;
        budget.hold(more);
    }

    /** The endpoint took these lines, in a body of this size. */
    void taken(int[] numbers, int bodySize) {
        if (recovered) {
            counters.recovered(numbers.length);
        } else {
            counters.delivered(numbers.length);
        }
        settled += numbers.length;
        division.taken(numbers, bodySize);
    }

    void drop(int[] numbers, DropReason reason) {
        division.forEachLine(numbers, line -> losses.lineDropped(line, reason));
        countDropped(reason, numbers.length);
        division.dropped(numbers);
    }

    /** Drops all lines that are not settled. Relies on nothing but the counts, and makes no objects. */
    void dropRest() {
        countDropped(DropReason.FAILED, batch.lines() - settled);
    }

    private void countDropped(DropReason reason, int lines) {
        if (recovered) {
            counters.rejected(reason, lines);
        } else {
            counters.lost(reason, lines);
        }
        settled += lines;
    }

    /** Releases all memory of the batch, which took {@code storedBytes} bytes in the store. */
    void release(int storedBytes) {
        budget.release(storedBytes + loadedBytes + divisionBytes);
    }
}
