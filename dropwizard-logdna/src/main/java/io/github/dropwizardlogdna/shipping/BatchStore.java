package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;

/**
 * Batches that wait for delivery, oldest first. The batcher adds, the sender looks at the head and removes it once its
 * lines are settled, any thread may ask how many there are. Nobody waits in it.
 */
interface BatchStore {

    /** Batches in memory: they end with the process. */
    static BatchStore inMemory() {
        return new MemoryBatchStore();
    }

    /** Adds a batch behind all others. */
    void add(Batch batch);

    /** The oldest batch, which stays; null where there is none. */
    @Nullable
    Batch head();

    /** Removes the oldest batch. */
    void removeHead();

    /** How many batches there are, the head included. */
    int size();
}
