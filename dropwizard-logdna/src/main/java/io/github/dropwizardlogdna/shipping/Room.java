package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Where logging threads wait for room in the buffer, if they were told to. A thread that finds room never comes here.
 *
 * <p>A waiting thread first says so and then tries again; who makes room first makes it and then looks whether somebody
 * waits. So one of the two sees the other.
 */
final class Room {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moreRoom = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean open = true;

    /**
     * Repeats {@code attempt} until it has another answer than {@link Admission#FULL}, or nobody is to wait any more.
     * Does not react to interrupts, and keeps the thread's flag.
     */
    Admission await(Supplier<Admission> attempt) {
        lock.lock();
        try {
            waiting.incrementAndGet();
            Admission answer = attempt.get();
            while (answer == Admission.FULL && open) {
                moreRoom.awaitUninterruptibly();
                answer = attempt.get();
            }
            return answer;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /** There may be more room than before. Any thread. */
    void made() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                moreRoom.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets everybody go, and nobody wait any more. Any thread. */
    void close() {
        open = false;
        made();
    }
}
