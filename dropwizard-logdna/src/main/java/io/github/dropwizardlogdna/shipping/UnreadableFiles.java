package io.github.dropwizardlogdna.shipping;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The files of a spool that could not be read, and the pause until the next attempt, in which no sender begins to read a
 * file. The pause ends after its time, or once there is no such file any more. Any thread.
 */
final class UnreadableFiles {

    private final Runnable wake;
    private final ReentrantLock lock = new ReentrantLock();

    /** The failed attempts for each file. Guarded by the lock, like all fields below. */
    private final Map<String, Integer> attempts = new HashMap<>();

    private final Backoff backoff = new Backoff();
    private volatile boolean paused;

    /**
     * Creates an empty set.
     *
     * @param wake wakes the batcher and the senders, because a pause has begun or ended
     */
    UnreadableFiles(Runnable wake) {
        this.wake = wake;
    }

    boolean isPaused() {
        return paused;
    }

    /** Begins a pause, and returns how often this file could not be read. */
    int failed(String file, long now) {
        int failures;
        lock.lock();
        try {
            backoff.failed(now);
            paused = true;
            failures = attempts.merge(file, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
        wake.run(); // the batcher knows when to try again
        return failures;
    }

    /** A file was read, or will not be read again. */
    void done(String file) {
        lock.lock();
        try {
            // Another file that can be read says nothing about one that could not.
            if (attempts.remove(file) == null || !attempts.isEmpty()) {
                return;
            }
            backoff.succeeded();
            paused = false;
        } finally {
            lock.unlock();
        }
        wake.run(); // the senders that found the pause
    }

    /**
     * Ends a pause that is over, and wakes the senders. Returns the nanoseconds until the end of the pause;
     * {@link WakeSignal#FOREVER} if there is none.
     */
    long resume(long now) {
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
