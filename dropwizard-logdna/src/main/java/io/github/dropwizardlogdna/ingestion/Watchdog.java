package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Enforces deadlines, with one thread for all clients of the process. The thread ends when there is nothing to watch.
 *
 * <p>It wakes up only for deadlines: a new deadline after all others causes no wake-up. A {@code
 * ScheduledThreadPoolExecutor} would wake up for each request. Thread-safe; never blocks a caller.
 */
final class Watchdog {

    static final Watchdog SHARED = new Watchdog(Thread::start);

    /** Returned by {@link Watched#overdue} to stop watching. */
    static final long DONE = Long.MIN_VALUE;

    /** Something with a deadline. */
    interface Watched {

        /**
         * Called on the watchdog's thread after the deadline. Must not block.
         *
         * @param late the nanoseconds since the deadline
         * @return the next deadline, or {@link #DONE}
         */
        long overdue(long now, long late);
    }

    private final Consumer<Thread> starter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();

    /** Guarded by the lock, like the fields below. */
    private final Map<Watched, Long> deadlines = new HashMap<>();

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
            deadlines.put(watched, deadline);
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
        lock.lock();
        try {
            while (!deadlines.isEmpty()) {
                long now = System.nanoTime();
                Map<Watched, Long> overdue = takeOverdue(now);
                if (overdue.isEmpty()) {
                    wakesAt = earliest(now);
                    earlier.await(wakesAt - now, TimeUnit.NANOSECONDS);
                } else {
                    fire(overdue, now);
                }
            }
        } catch (InterruptedException e) {
            // Not interrupted on purpose. The next deadline starts another thread.
        } finally {
            thread = null;
            lock.unlock();
        }
    }

    private Map<Watched, Long> takeOverdue(long now) {
        Map<Watched, Long> overdue = new HashMap<>();
        deadlines.forEach((watched, deadline) -> {
            if (deadline - now <= 0) {
                overdue.put(watched, deadline);
            }
        });
        deadlines.keySet().removeAll(overdue.keySet());
        return overdue;
    }

    private long earliest(long now) {
        List<Long> all = new ArrayList<>(deadlines.values());
        return now + all.stream().mapToLong(deadline -> deadline - now).min().orElse(0);
    }

    /** Releases the lock meanwhile, because {@code overdue} takes a lock under which others call {@link #watch}. */
    private void fire(Map<Watched, Long> overdue, long now) {
        lock.unlock();
        Map<Watched, Long> again = new HashMap<>();
        try {
            overdue.forEach((watched, deadline) -> {
                long next = watched.overdue(now, now - deadline);
                if (next != DONE) {
                    again.put(watched, next);
                }
            });
        } finally {
            lock.lock();
        }
        // A deadline that was set meanwhile wins.
        again.forEach(deadlines::putIfAbsent);
    }
}
