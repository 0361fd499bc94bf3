package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Where threads wait for what the shipper's own threads do: until lines are settled, or drops told. While anybody waits,
 * batches are closed without waiting for them to fill. The lock is never taken on the way of a line, and by the shipper's
 * threads only while somebody waits.
 */
final class Drain {

    private final Batcher batcher;
    private final Sender sender;
    private final Ledger ledger;
    private final LossReport losses;
    private final Signal wakeBatcher;
    private final BooleanSupplier isRunning;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Lines up to this number were waited for in vain; guarded by {@link #lock}. */
    private long givenUp;

    Drain(
            Batcher batcher,
            Sender sender,
            Ledger ledger,
            LossReport losses,
            Signal wakeBatcher,
            BooleanSupplier isRunning,
            LongSupplier nanoTime) {
        this.batcher = batcher;
        this.sender = sender;
        this.ledger = ledger;
        this.losses = losses;
        this.wakeBatcher = wakeBatcher;
        this.isRunning = isRunning;
        this.nanoTime = nanoTime;
    }

    /**
     * Waits until so many lines, counted from the first, are settled; see {@link Shipper#drain(long)}. Any thread.
     *
     * @param ending whether what is given up now need not be waited for by a later ending. Such a wait does not end with
     *     an interrupt: shutdown code often runs on interrupted threads, and the lines would be lost
     * @return whether they are settled
     */
    boolean settle(long lines, long nanos, boolean ending) {
        long deadline = NanoTime.after(now(), nanos);
        boolean interrupted = false;
        flush(true);
        lock.lock();
        try {
            waiting.incrementAndGet();
            while (ledger.settled() < lines && !(ending && lines <= givenUp)) {
                long left = deadline - now();
                if (left <= 0 || sender.pausedUntil() - deadline > 0 || !isRunning.getAsBoolean()) {
                    if (ending) {
                        givenUp = lines;
                    }
                    break;
                }
                try {
                    progress.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                    if (!ending) {
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
        return ledger.settled() >= lines;
    }

    /**
     * While there still is a way to the endpoint: lets the batcher tell it of what was dropped since the last time, and
     * waits for that, at the most so many nanoseconds. Any thread.
     */
    void tellOfDrops(long nanos) {
        if (!isRunning.getAsBoolean() || losses.isAllTold()) {
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
     * Begins, or ends, to close batches without waiting for them to fill or to be due. Each thread ends what it has begun;
     * what another has begun goes on. Any thread.
     */
    void flush(boolean on) {
        batcher.flush(on);
        wakeBatcher.raise();
    }

    /** Something may have been settled or told: lets who waits look again. The shipper's threads. */
    void progressed() {
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
