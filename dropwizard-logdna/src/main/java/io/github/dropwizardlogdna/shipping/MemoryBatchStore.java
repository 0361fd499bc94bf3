package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** Its bound is the byte budget, which the batches are counted against. */
final class MemoryBatchStore implements BatchStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Batch> batches = new ArrayDeque<>();

    @Override
    public void add(Batch batch) {
        lock.lock();
        try {
            batches.addLast(batch);
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable
    public Batch head() {
        lock.lock();
        try {
            return batches.peekFirst();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void removeHead() {
        lock.lock();
        try {
            batches.removeFirst();
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
}
