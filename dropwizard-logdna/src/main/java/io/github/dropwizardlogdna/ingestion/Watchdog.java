package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Enforces deadlines, with one thread for all clients of the process. The thread ends when there is nothing to watch.
 *
 * <p>It wakes up only for deadlines: a new deadline after all others causes no wake-up. A {@code
 * ScheduledThreadPoolExecutor} would wake up for each request. Thread-safe; never blocks a caller.
 *
 * <p>No error ends the thread or loses a deadline, not even a lack of memory: a deadline stays in the map until it has been
 * enforced.
 */
final class Watchdog {

    static final Watchdog SHARED = new Watchdog(Thread::start);

    /** Returned by {@link Watched#overdue} to stop watching. */
    static final long DONE = Long.MIN_VALUE;

    /** The nanoseconds after an error until the next attempt. */
    private static final long RETRY_DELAY = TimeUnit.MILLISECONDS.toNanos(100);

    /** Something with a deadline. */
    interface Watched {

        /**
         * Called on the watchdog's thread after the deadline. Must not block. Called again a little later if it throws.
         *
         * @param late the nanoseconds since the deadline
         * @return the next deadline, or {@link #DONE}
         */
        long overdue(long now, long late);
    }

    private record Deadline(Watched watched, long at) {}

    private final Consumer<Thread> starter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();

    /** Guarded by the lock, like the fields below. */
    private final Map<Watched, Deadline> deadlines = new HashMap<>();

    @Nullable
    private Thread thread;

    private long wakesAt;

    /** A seam for tests of a thread that cannot be started. */
    Watchdog(Consumer<Thread> starter) {
        this.starter = starter;
    }

    /**
     * Sets the deadline of {@code watched}, replacing an earlier one.
     *
     * @param deadline on the clock of {@link System#nanoTime}
     * @return false if the thread could not be started, so that the deadline is not enforced
     */
    boolean watch(Watched watched, long deadline) {
        lock.lock();
        try {
            deadlines.put(watched, new Deadline(watched, deadline));
            if (thread == null) {
                wakesAt = deadline;
                Thread started = new ClientThread("logdna-watchdog", this::run);
                starter.accept(started);
                thread = started;
            } else if (deadline - wakesAt < 0) {
                earlier.signal();
            }
            return true;
        } catch (OutOfMemoryError e) {
            deadlines.remove(watched);
            return false;
        } finally {
            lock.unlock();
        }
    }

    void forget(Watched watched) {
        lock.lock();
        try {
            deadlines.remove(watched);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        boolean watching = true;
        while (watching) {
            try {
                watching = enforceNext();
            } catch (Throwable e) {
                // Most likely there is no memory. An interrupt ends up here, too: nobody else enforces the deadlines.
                LockSupport.parkNanos(RETRY_DELAY);
            }
        }
    }

    /** Waits for the next deadline and enforces it. Returns false if there is none, so that the thread must end. */
    private boolean enforceNext() throws InterruptedException {
        Deadline overdue = awaitOverdue();
        if (overdue == null) {
            return false;
        }
        // Without the lock, because overdue() takes a lock under which others call watch().
        long next = callOverdue(overdue);
        lock.lock();
        try {
            // Neither of them changes a deadline that was set meanwhile, or brings back a forgotten one.
            if (next == DONE) {
                deadlines.remove(overdue.watched, overdue);
            } else {
                deadlines.replace(overdue.watched, overdue, new Deadline(overdue.watched, next));
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** Returns an overdue deadline, which stays in the map; null if the map is empty. */
    @Nullable
    private Deadline awaitOverdue() throws InterruptedException {
        lock.lock();
        try {
            for (Deadline next = earliest(); next != null; next = earliest()) {
                long wait = next.at - System.nanoTime();
                if (wait <= 0) {
                    return next;
                }
                wakesAt = next.at;
                earlier.await(wait, TimeUnit.NANOSECONDS);
            }
            // Under the same lock as the look into the map, so that the next deadline starts another thread.
            thread = null;
            return null;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    private Deadline earliest() {
        Deadline earliest = null;
        for (Deadline each : deadlines.values()) {
            if (earliest == null || each.at - earliest.at < 0) {
                earliest = each;
            }
        }
        return earliest;
    }

    private static long callOverdue(Deadline overdue) {
        long now = System.nanoTime();
        try {
            return overdue.watched.overdue(now, now - overdue.at);
        } catch (Throwable e) {
            return now + RETRY_DELAY;
        }
    }
}
