package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Batches in memory, limited by the {@link Budget}. */
final class MemoryBatchStore implements BatchStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Batch> waiting = new ArrayDeque<>();
    /** By the number of the sender. */
    private final Map<Integer, Batch> claimed = new HashMap<>();

    @Override
    public int add(Batch batch) {
        lock.lock();
        try {
            waiting.addLast(batch);
            return batch.held();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean hasBatchFor(int sender) {
        lock.lock();
        try {
            return !waiting.isEmpty() || claimed.containsKey(sender);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable
    public Stored claim(int sender) {
        lock.lock();
        try {
            Batch batch = claimed.get(sender);
            if (batch == null) {
                batch = waiting.pollFirst();
                if (batch == null) {
                    return null;
                }
                claimed.put(sender, batch);
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
            Batch removed = claimed.remove(sender);
            return removed == null ? 0 : removed.held(); // none if the sender comes after the end
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return waiting.size() + claimed.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long linesBefore() {
        lock.lock();
        try {
            long before =
                    waiting.isEmpty() ? Long.MAX_VALUE : waiting.getFirst().linesBefore();
            for (Batch batch : claimed.values()) {
                before = Math.min(before, batch.linesBefore());
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
            claimed.clear();
            return 0;
        } finally {
            lock.unlock();
        }
    }
}
