package io.github.dropwizardlogdna.shipping;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The files of a spool that could not be read, and the pause until the next attempt, in which no sender reads a file. Any
 * thread.
 */
final class UnreadableFiles {

    private final ReentrantLock lock = new ReentrantLock();

    /** The failed attempts for each file. Guarded by the lock, like all fields below. */
    private final Map<String, Integer> attempts = new HashMap<>();

    private final Backoff backoff = new Backoff();
    private volatile boolean paused;

    boolean isPaused() {
        return paused;
    }

    /** Begins a pause, and returns how often this file could not be read. */
    int failed(String file, long now) {
        lock.lock();
        try {
            backoff.failed(now);
            paused = true;
            return attempts.merge(file, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    /** Ends a pause. */
    void succeeded(String file) {
        lock.lock();
        try {
            attempts.remove(file);
            backoff.succeeded();
            paused = false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends a pause that is over, and wakes the senders. Returns the nanoseconds until the end of the pause;
     * {@link WakeSignal#FOREVER} if there is none.
     */
    long resume(long now, Runnable wake) {
        lock.lock();
        try {
            if (!paused) {
                return WakeSignal.FOREVER;
            }
            if (!backoff.isDue(now)) {
                return backoff.left(now);
            }
            paused = false;
        } finally {
            lock.unlock();
        }
        wake.run();
        return WakeSignal.FOREVER;
    }
}
