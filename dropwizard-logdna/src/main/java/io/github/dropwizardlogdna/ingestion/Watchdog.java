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
 * Ends what takes too long. One thread for all clients of the process; it ends when there is nothing to watch.
 *
 * <p>It wakes only for a deadline: watching something that is due later than everything before costs no wake-up, which a
 * {@code ScheduledThreadPoolExecutor} would cost for each request. Thread-safe; never blocks a caller.
 */
final class Watchdog {

    static final Watchdog SHARED = new Watchdog(Thread::start);

    /** What {@link Watched#overdue} returns if there is no more to watch. */
    static final long DONE = Long.MIN_VALUE;

    /** Something with a deadline. */
    interface Watched {

        /**
         * The deadline has passed. Called on the watchdog's thread; must not block.
         *
         * @param late by how many nanoseconds
         * @return the next deadline, or {@link #DONE}
         */
        long overdue(long now, long late);
    }

    private final Consumer<Thread> starter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();

    /** Guarded by the lock, as is all that follows. */
    private final Map<Watched, Long> deadlines = new HashMap<>();

    @Nullable
    private Thread thread;

    private long wakesAt;

    /** With another way to start a thread: a seam, because real ones start. */
    Watchdog(Consumer<Thread> starter) {
        this.starter = starter;
    }

    /**
     * Watches, in place of an earlier deadline of the same thing.
     *
     * @param deadline on the clock of {@link System#nanoTime}
     * @return false if the process may have no more threads, so that nobody watches
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
            // Nobody interrupts this thread on purpose; the next deadline starts another.
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

    /** Without the lock, because who is called may call {@link #watch}, holding a lock of its own. */
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
        // A deadline that was set meanwhile stands.
        again.forEach(deadlines::putIfAbsent);
    }
}
