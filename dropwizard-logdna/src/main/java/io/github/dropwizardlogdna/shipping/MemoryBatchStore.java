package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.LinkedList;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Batches in memory, limited by the {@link Budget}.
 *
 * <p>A lack of memory loses no batch that is in here: each method allocates before its first change or after its last one.
 */
final class MemoryBatchStore implements BatchStore {

    private final ReentrantLock lock = new ReentrantLock();

    /** Allocates a link before it changes anything. An ArrayDeque moves its tail before it grows, so it may end up empty. */
    @SuppressWarnings("JdkObsolete")
    private final Queue<Batch> waiting = new LinkedList<>();

    /** By the number of the sender. Fixed, because a map may fail to allocate an entry. */
    private final Batch[] claimed = new Batch[ShippingSettings.MAX_CONCURRENT_REQUESTS];

    @Override
    public int add(Batch batch) {
        lock.lock();
        try {
            waiting.add(batch);
            return batch.held();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int addAtOnce(Batch batch) {
        return add(batch);
    }

    @Override
    public boolean hasBatchFor(int sender) {
        lock.lock();
        try {
            return !waiting.isEmpty() || claimed[sender] != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable
    public Stored claim(int sender) {
        lock.lock();
        try {
            Batch batch = claimed[sender];
            if (batch == null) {
                batch = waiting.poll();
                if (batch == null) {
                    return null;
                }
                claimed[sender] = batch;
            }
            return new Stored(batch, false, false);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int remove(int sender) {
        lock.lock();
        try {
            Batch removed = claimed[sender];
            claimed[sender] = null;
            return removed == null ? 0 : removed.held(); // none after close
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            int size = waiting.size();
            for (Batch batch : claimed) {
                size += batch == null ? 0 : 1;
            }
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long linesBefore() {
        lock.lock();
        try {
            Batch next = waiting.peek();
            long before = next == null ? Long.MAX_VALUE : next.linesBefore();
            for (Batch batch : claimed) {
                before = batch == null ? before : Math.min(before, batch.linesBefore());
            }
            return before;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean outlivesProcess() {
        return false;
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public long bytesOnDisk() {
        return 0;
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public long maintain(long now) {
        return WakeSignal.FOREVER;
    }

    @Override
    public boolean isClaimOnDisk(int sender) {
        return false;
    }

    @Override
    public long close(long nanos) {
        lock.lock();
        try {
            waiting.clear();
            Arrays.fill(claimed, null);
            return 0;
        } finally {
            lock.unlock();
        }
    }
}
