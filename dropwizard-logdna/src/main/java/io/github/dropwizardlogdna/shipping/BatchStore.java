package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.function.LongSupplier;

/**
 * Batches that wait for delivery, oldest first. The batcher adds a batch; a sender claims the oldest one that no other sender
 * has claimed, and removes it once its lines are settled; any thread may ask for sizes. Neither knows whether a batch is in
 * memory or on disk.
 */
interface BatchStore {

    /** Keeps batches in memory: they end with the process. */
    static BatchStore inMemory() {
        return new MemoryBatchStore();
    }

    /**
     * Keeps batches in files, which the next process finds; batches that can't be written stay in memory. Without a spool,
     * all batches are kept in memory.
     *
     * @param batchSize the size of a full batch before compression, in bytes
     * @param wake wakes the batcher and the senders, because there is work for one of them
     */
    static BatchStore of(
            @Nullable SpoolSettings spool,
            int batchSize,
            ShippingObserver observer,
            Counters counters,
            Budget budget,
            LongSupplier nanoTime,
            Runnable wake) {
        return spool == null
                ? inMemory()
                : new DirectoryBatchStore(
                        spool, batchSize, observer, counters, budget, nanoTime, wake, SpoolDirectory::open);
    }

    /**
     * Takes over batches of earlier processes in the first call, retries failed operations, and writes a batch that is in
     * memory only. May wait for a disk. Batcher only.
     *
     * @return after how many nanoseconds to call it again; {@link WakeSignal#FOREVER} if there is no need to
     */
    long maintain(long now);

    /**
     * Adds a batch after all others, and returns how many bytes of memory it still takes. Never fails. Batcher only.
     */
    int add(Batch batch);

    /** As {@link #add}, but does not wait until bytes are on the disk: a shutdown has little time. Batcher only. */
    int addAtOnce(Batch batch);

    /** Whether there is a batch that this sender has claimed or may claim. Any thread. */
    boolean hasBatchFor(int sender);

    /**
     * The batch that this sender has claimed. Claims the oldest unclaimed one if there is none; null if all are claimed. The
     * batch stays in the store.
     */
    @Nullable
    Stored claim(int sender);

    /** Removes the batch that this sender has claimed, and returns how many bytes of memory it took. */
    int remove(int sender);

    /** How many lines this process has accepted before the oldest line here; {@link Long#MAX_VALUE} if none is here. */
    long linesBefore();

    /** The number of batches, including claimed ones. */
    int size();

    /** Whether batches may be on disk, for the next process. */
    boolean outlivesProcess();

    /**
     * Whether a batch survives the process once it is added, so that adding it early pays. Not necessarily a power failure:
     * new files are not forced to the disk.
     */
    boolean isDurable();

    /** Bytes on disk. */
    long bytesOnDisk();

    /** Whether the spool is full, so that {@link #add} leaves batches in memory. */
    boolean isFull();

    /**
     * Closes the store: it adds and removes nothing any more, and holds no batch in memory. Returns how many lines of this
     * process it keeps for the next one, including settled ones of claimed batches.
     *
     * @param nanos how long to wait for a disk; batches that it has not written by then are not kept
     */
    long close(long nanos);

    /** Whether the batch that this sender has claimed is on disk. */
    boolean isClaimOnDisk(int sender);

    /**
     * A batch in a store.
     *
     * @param batch the batch itself
     * @param loaded whether it was loaded from a disk, and takes memory only since then
     * @param recovered whether it comes from an earlier process
     */
    record Stored(Batch batch, boolean loaded, boolean recovered) {}
}
