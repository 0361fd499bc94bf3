package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Blocks logging threads while the buffer is full, if that is configured. A thread that finds room never comes here.
 *
 * <p>A blocked thread first registers as waiting and then tries again; a thread that frees room first frees it and then
 * checks for waiting threads. So one of the two sees the other.
 */
final class NotFullCondition {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notFull = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean open = true;

    /**
     * Repeats {@code attempt} until its result is not {@link AppendResult#FULL}, or the condition is closed. Ignores
     * interrupts and keeps the thread's flag.
     */
    AppendResult await(Supplier<AppendResult> attempt) {
        lock.lock();
        try {
            waiting.incrementAndGet();
            AppendResult result = attempt.get();
            while (result == AppendResult.FULL && open) {
                notFull.awaitUninterruptibly();
                result = attempt.get();
            }
            return result;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /** There may be more room than before. Any thread. */
    void signal() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                notFull.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Releases all blocked threads; from now on no thread blocks. Any thread. */
    void close() {
        open = false;
        signal();
    }
}
