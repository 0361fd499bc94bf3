package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** Its bound is the byte budget, which the batches are counted against. */
final class MemoryBatchStore implements BatchStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();

    @Override
    public int add(Batch batch) {
        lock.lock();
        try {
            batches.addLast(batch);
            return batch.held();
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable
    public Stored head() {
        lock.lock();
        try {
            Batch head = batches.peekFirst();
            return head == null ? null : new Stored(head, false, false);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int removeHead() {
        lock.lock();
        try {
            Batch removed = batches.pollFirst();
            return removed == null ? 0 : removed.held(); // none where the sender comes late, after the end
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return batches.size();
        } finally {
            lock.unlock();
        }
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
        return Signal.FOREVER;
    }

    @Override
    public long close(long nanos) {
        lock.lock();
        try {
            batches.clear();
            return 0;
        } finally {
            lock.unlock();
        }
    }
}
