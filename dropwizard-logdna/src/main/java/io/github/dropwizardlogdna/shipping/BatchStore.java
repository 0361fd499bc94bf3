package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.function.LongSupplier;

/**
 * Batches that wait for delivery, oldest first. The batcher adds, the sender looks at the head and removes it once its
 * lines are settled, any thread may ask how much there is. The batcher and the sender do not know where the batches are.
 */
interface BatchStore {

    /** Batches in memory: they end with the process. */
    static BatchStore inMemory() {
        return new MemoryBatchStore();
    }

    /**
     * Batches in files, which the next process finds; in memory only what the disk does not take.
     *
     * @param wake wakes the batcher and the sender, because there is something for one of them to do
     */
    static BatchStore inDirectory(
            SpoolSettings settings, ShippingObserver observer, Ledger ledger, LongSupplier nanoTime, Runnable wake) {
        return new DirectoryBatchStore(settings, observer, ledger, nanoTime, wake, SpoolDirectory::open);
    }

    /**
     * Finds what earlier processes left, the first time, and tries again what has failed. May wait for a disk. The
     * batcher only.
     *
     * @return after how many nanoseconds to call it again; {@link Signal#FOREVER} if there is no reason to
     */
    long maintain(long now);

    /**
     * Adds a batch behind all others, and returns how many bytes of memory it goes on holding. Never fails. The batcher
     * only.
     */
    int add(Batch batch);

    /** The oldest batch, which stays; null if there is none. */
    @Nullable
    Stored head();

    /** Removes the oldest batch, and returns how many bytes of memory it held. */
    int removeHead();

    /** How many batches there are, the head included. */
    int size();

    /** Whether a batch is safe once it is added, so that it pays to add it early. */
    boolean isDurable();

    /** Bytes on disk. */
    long bytesOnDisk();

    /** Whether it can't take more than it has, and so {@link #add} leaves batches in memory. */
    boolean isFull();

    /**
     * Ends it: nothing is added or removed any more, and no batch is held in memory. Returns how many lines of this
     * process's batches it keeps for the next.
     *
     * @param nanos how long to wait for a disk; what it has not taken by then is not kept
     */
    long close(long nanos);

    /**
     * The head of a store.
     *
     * @param batch its lines
     * @param loaded whether it takes memory only since it was asked for
     * @param recovered whether it comes from an earlier process
     */
    record Stored(Batch batch, boolean loaded, boolean recovered) {}
}
