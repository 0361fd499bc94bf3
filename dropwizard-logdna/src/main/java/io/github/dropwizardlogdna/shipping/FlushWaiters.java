package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Blocks threads until lines are settled or drops are reported. While a thread waits, batches close without waiting to
 * fill. Logging threads never take the lock, and the shipper's threads take it only while a thread waits.
 */
final class FlushWaiters {

    private final Batcher batcher;
    private final EndpointStatus endpoint;
    private final DropReporter losses;
    private final WakeSignal wakeBatcher;
    private final BooleanSupplier isRunning;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    /** A wait for the lines up to this number was given up; guarded by {@link #lock}. */
    private long givenUp;

    FlushWaiters(
            Batcher batcher,
            EndpointStatus endpoint,
            DropReporter losses,
            WakeSignal wakeBatcher,
            BooleanSupplier isRunning,
            LongSupplier nanoTime) {
        this.batcher = batcher;
        this.endpoint = endpoint;
        this.losses = losses;
        this.wakeBatcher = wakeBatcher;
        this.isRunning = isRunning;
        this.nanoTime = nanoTime;
    }

    /**
     * Waits until the first {@code lines} lines are settled; see {@link Shipper#drain(long)}. Any thread.
     *
     * @param stopping whether this is a part of a shutdown. Lines that it gives up are not waited for again, and it ignores
     *     interrupts: shutdown code often runs on interrupted threads, and the lines would be lost
     * @return whether the lines are settled
     */
    boolean settle(long lines, long nanos, boolean stopping) {
        long deadline = NanoTime.after(now(), nanos);
        boolean interrupted = false;
        flush(true);
        lock.lock();
        try {
            waiting.incrementAndGet();
            while (batcher.settledLines() < lines && !(stopping && lines <= givenUp)) {
                long left = deadline - now();
                if (left <= 0 || endpoint.isPausedBeyond(deadline) || !isRunning.getAsBoolean()) {
                    if (stopping) {
                        givenUp = lines;
                    }
                    break;
                }
                try {
                    progress.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                    if (!stopping) {
                        break;
                    }
                }
            }
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
            batcher.flush(false);
            restoreInterrupt(interrupted);
        }
        return batcher.settledLines() >= lines;
    }

    /**
     * Waits until the batcher has reported all drops to the endpoint, for at most {@code nanos} nanoseconds. Any thread.
     */
    void awaitDropReport(long nanos) {
        if (!isRunning.getAsBoolean() || losses.isAllReported()) {
            return;
        }
        boolean interrupted = false;
        long deadline = NanoTime.after(now(), nanos);
        lock.lock();
        try {
            waiting.incrementAndGet();
            losses.hurry();
            wakeBatcher.raise();
            while (deadline - now() > 0 && losses.isHurried() && isRunning.getAsBoolean()) {
                try {
                    progress.awaitNanos(deadline - now());
                } catch (InterruptedException e) {
                    interrupted = true; // as in settle
                }
            }
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
            restoreInterrupt(interrupted);
        }
    }

    private static void restoreInterrupt(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Starts or stops closing batches without waiting for them to fill or to be due. Starts are counted, so that one thread
     * does not stop the flush of another. Any thread.
     */
    void flush(boolean on) {
        batcher.flush(on);
        wakeBatcher.raise();
    }

    /** Lines may be settled, or drops reported: wakes the waiting threads. Called by the shipper's threads. */
    void notifyProgress() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                progress.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private long now() {
        return nanoTime.getAsLong();
    }
}
