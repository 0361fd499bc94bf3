package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A thread of the shipper: runs a task step by step, and sleeps after a step until it is woken or the time that the step
 * returned is over.
 *
 * <p>An error must not end the thread, and one bad batch must not hold up the others. So after an error the task drops that
 * batch, and the same thread goes on: starting another may fail if memory or threads are short. If the recovery fails as
 * well, the state of the lines is unknown, and continuing could deliver some of them repeatedly: the error ends the
 * thread.
 */
final class Worker {

    /** The work of a worker. All methods run on its thread. */
    interface Task {

        /** Does the work that is due at {@code now}; returns after how many nanoseconds there may be more. */
        long step(long now);

        /** Drops the batch on which a step has failed. */
        void recover();

        /** The host has stopped, and no error has ended the task: the last work before {@link #close}. */
        default void finish() {}

        /** The thread ends. */
        default void close() {}
    }

    /** The shipper, as its workers see it. */
    interface Host {

        boolean isRunning();

        /** A step has succeeded: there may be room, or work for another worker. */
        void stepped(Worker worker);

        /** A step is over: lines may be settled, or an error reported. */
        void progressed();

        /** The worker ends: because of {@code error} or, if it is null, because the shipper no longer runs. */
        void ended(Worker worker, @Nullable Throwable error);
    }

    private static final long PAUSE_AFTER_ERROR = TimeUnit.SECONDS.toNanos(1);

    /** How long to wait for the end of a thread, which takes far less once its request is cut off. */
    static final long JOIN_TIMEOUT = TimeUnit.SECONDS.toNanos(1);

    private final String kind;
    /** For messages; not made when they are needed, because memory may be short then. */
    private final String kindInWords;

    private final Task task;
    private final Host host;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;
    private final WakeSignal wake;

    @Nullable
    private volatile ShippingThread thread;

    /**
     * Creates a worker without starting its thread.
     *
     * @param kind one word, for messages
     * @param wake wakes the thread
     */
    Worker(String kind, Task task, WakeSignal wake, Host host, ShippingObserver observer, LongSupplier nanoTime) {
        this.kind = kind;
        this.kindInWords = "the " + kind;
        this.task = task;
        this.wake = wake;
        this.host = host;
        this.observer = observer;
        this.nanoTime = nanoTime;
    }

    String kind() {
        return kind;
    }

    boolean isStarted() {
        return thread != null;
    }

    /** Starts the thread; throws an OutOfMemoryError if the process may have no more. */
    void start(ShippingThread.Starter threads, String appender) {
        thread = threads.start("logdna-" + kind + "-" + appender, this::run, error -> host.ended(this, error));
    }

    private void run() {
        wake.belongsTo(Thread.currentThread());
        try {
            while (host.isRunning()) {
                wake.await(step());
            }
            end(task::finish);
        } finally {
            end(task::close);
        }
        host.ended(this, null);
    }

    private long step() {
        long wait;
        try {
            wait = task.step(nanoTime.getAsLong());
        } catch (Throwable e) {
            task.recover();
            report(e);
            wait = PAUSE_AFTER_ERROR;
        }
        // Also after an error, which may have made room; an error from here on must not cost a healthy batch.
        try {
            host.stepped(this);
            if (ShippingThread.pollIgnoredInterrupt()) {
                observer.interruptIgnored(Thread.currentThread().getName());
            }
        } catch (Throwable e) {
            report(e);
        }
        try {
            host.progressed();
        } catch (Throwable e) {
            report(e);
        }
        return wait;
    }

    /** Reports an error, if there is memory for that: a report that fails must not end the thread. */
    private void report(Throwable error) {
        try {
            observer.internalError(kindInWords, error);
        } catch (Throwable e) {
            // The observer counts an error before anything else.
        }
    }

    private void end(Runnable lastWork) {
        try {
            lastWork.run();
        } catch (Throwable e) {
            observer.internalError("stopping the " + kind, e);
        }
    }

    /**
     * Waits until the thread has ended, but not beyond {@code deadline}. Any other thread.
     *
     * @param hurry ends a blocking call of the thread; repeated, because the call may begin after the first time
     */
    void awaitEnd(long deadline, Runnable hurry) {
        Thread running = thread;
        if (running == null) {
            return; // was never started
        }
        boolean interrupted = false;
        while (running.isAlive() && deadline - nanoTime.getAsLong() > 0) {
            hurry.run();
            wake.raise();
            try {
                running.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
