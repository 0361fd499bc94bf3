package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import jakarta.annotation.Nullable;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ships the lines of one appender: takes them from any thread, and has two threads of its own that see to the rest.
 *
 * <p>The threads never wait for each other: the batcher parks until a batch is full or due, the sender until there is a
 * batch or the pause after a failure is over.
 */
public final class Shipper {

    /** How long the ending of a thread is waited for after its request was cut off; it takes less by far. */
    private static final long END_OF_THREADS = TimeUnit.SECONDS.toNanos(1);

    private static final long PAUSE_AFTER_ERROR = TimeUnit.SECONDS.toNanos(1);

    private final String name;
    private final boolean waitForRoom;
    private final IngestionClient client;
    private final ShippingObserver observer;
    private final TimeAndChance timeAndChance;

    private final Signal wakeBatcher = new Signal();
    private final Signal wakeSender = new Signal();
    private final Ledger ledger = new Ledger();
    private final Room room = new Room();
    private final HandOff handOff;
    private final BatchStore store;
    private final LossReport losses;
    private final Batcher batcher;
    private final Sender sender;
    private final Drain drain;
    private final ShippingThread.Starter threads;

    @Nullable
    private volatile ShippingThread batcherThread;

    @Nullable
    private volatile ShippingThread senderThread;

    private volatile boolean started;
    private volatile boolean stopped;
    /** Set by the first thing that makes it impossible to go on; see {@link #fail}. */
    private final AtomicBoolean failed = new AtomicBoolean();

    @Nullable
    private volatile SenderState failure;

    private volatile long failedAt;
    /** Threads that have not ended; one that could not be started has. */
    private final AtomicInteger living = new AtomicInteger(2);

    private volatile long keptLines;

    /**
     * Prepares all, starts nothing.
     *
     * @param name the appender's, for the names of the threads
     */
    public Shipper(
            String name,
            ShippingSettings settings,
            IngestionClient client,
            NoticeEncoder notices,
            ShippingObserver observer,
            TimeAndChance timeAndChance) {
        this(name, settings, client, notices, observer, timeAndChance, ShippingThread.Starter.REAL);
    }

    /** With threads of another make. */
    Shipper(
            String name,
            ShippingSettings settings,
            IngestionClient client,
            NoticeEncoder notices,
            ShippingObserver unguarded,
            TimeAndChance timeAndChance,
            ShippingThread.Starter threads) {
        this.name = name;
        this.waitForRoom = settings.waitForRoom();
        this.client = client;
        this.observer = new GuardedObserver(unguarded, ledger);
        this.timeAndChance = timeAndChance;
        this.threads = threads;
        this.handOff = new HandOff(
                limitsOf(settings), chunkSize(settings.batchSize()), ledger::bytesDownstream, wakeBatcher::raise);
        SpoolSettings spool = settings.spool();
        this.store = spool == null
                ? BatchStore.inMemory()
                : BatchStore.inDirectory(spool, observer, ledger, timeAndChance.nanoTime(), () -> {
                    wakeSender.raise();
                    wakeBatcher.raise();
                });
        this.losses = new LossReport(ledger, handOff, observer, notices, wakeBatcher::raise);
        LearnedLimits limits = new LearnedLimits(settings.gzip());
        Pipeline pipeline = new Pipeline(handOff, store, ledger, limits, losses);
        this.batcher = new Batcher(pipeline, settings, wakeSender::raise);
        this.sender = new Sender(pipeline, client, settings.retryPolicy(), observer, timeAndChance);
        this.drain = new Drain(batcher, sender, ledger, losses, wakeBatcher, this::isRunning, timeAndChance.nanoTime());
    }

    /** Without the bytes that batches add to their lines, so that those are within the budget, too. */
    private static BufferLimits limitsOf(ShippingSettings settings) {
        BufferLimits limits = settings.limits();
        long batches = limits.maxBytes() / settings.batchSize() + 4; // full ones, and a few that are flushed
        return new BufferLimits(
                limits.maxLines(),
                limits.maxBytes() - batches * OpenBatch.ENVELOPE,
                limits.linesKeptFree(),
                limits.bytesKeptFree());
    }

    /** Small enough to close a batch to within a few percent, large enough to be taken in few calls. */
    private static int chunkSize(int batchSize) {
        return Math.min(64 * 1024, Math.max(1024, batchSize / 16));
    }

    /**
     * Starts the two threads; they sleep until the first line. Once. Does not throw where the process may have no more
     * threads: an application is not to fail for want of its log's, and finds out soon enough.
     */
    public void start() {
        started = true;
        try {
            batcherThread = threads.start("logdna-batcher-" + name, this::batch, this::batcherDied);
            senderThread = threads.start("logdna-sender-" + name, this::send, this::senderDied);
        } catch (Throwable e) {
            fail("its threads could not be started", e);
            if (batcherThread == null) {
                ended();
            }
            ended();
        }
    }

    /**
     * Takes lines, all or none, and counts them where it can't. Any thread. Does not wait, unless it was configured to.
     *
     * @param bytes the lines, each a JSON object followed by a comma and a line feed, and without any other line feed
     * @param length how many of the bytes
     * @param lines how many lines they are
     * @param discardable whether they must leave alone the room kept free for more important ones
     */
    public Admission append(byte[] bytes, int length, int lines, boolean discardable) {
        Admission admission = handOff.append(bytes, length, lines, discardable);
        if (admission == Admission.FULL && waitForRoom) {
            admission = room.await(() -> handOff.append(bytes, length, lines, discardable));
        }
        switch (admission) {
            case ACCEPTED -> {}
            case FULL -> drop(full(), lines);
            case DISCARDED -> drop(DropReason.DISCARDED, lines);
            case TOO_LARGE -> drop(DropReason.TOO_LARGE, lines);
            case CLOSED -> drop(closed(), lines);
        }
        return admission;
    }

    /**
     * Whether a line has no chance now and need not be encoded; if so it is counted as dropped. Any thread.
     */
    public boolean turnsAway(boolean discardable) {
        switch (handOff.outlook(discardable)) {
            case DISCARDED -> drop(DropReason.DISCARDED, 1);
            case FULL -> {
                if (waitForRoom) {
                    return false;
                }
                drop(full(), 1);
            }
            case CLOSED -> drop(closed(), 1);
            default -> {
                return false;
            }
        }
        return true;
    }

    private DropReason closed() {
        return failed.get() ? DropReason.FAILED : DropReason.ABANDONED;
    }

    private DropReason full() {
        return store.isFull() ? DropReason.SPOOL_FULL : DropReason.FULL;
    }

    /** Counts lines that never came as far as the buffer. Any thread. */
    public void drop(DropReason reason, int lines) {
        ledger.turnedAway(reason, lines);
        losses.dropped();
    }

    /** Lets logging threads that wait for room go, and none wait from now on: the application is stopping. */
    public void waitNoMore() {
        room.close();
    }

    /**
     * Sends what was accepted until now without waiting for a batch to fill, and waits until it is settled. Ends early
     * where the time is over or the next attempt lies beyond it; what one call gave up, no later one waits for.
     *
     * @param nanos how long to wait at the most
     * @return whether all is settled
     */
    public boolean drain(long nanos) {
        return drain.settle(accepted(), nanos, true);
    }

    /**
     * As {@link #drain(long)}, but for somebody who only wants to see the lines go: gives nothing up, so that an ending
     * waits for the same lines again.
     */
    public boolean settle(long nanos) {
        return drain.settle(accepted(), nanos, false);
    }

    /** Whether to send what there is without waiting for a batch to fill or to be due. */
    public void flush(boolean on) {
        drain.flush(on);
    }

    /**
     * Takes no more lines, waits as {@link #drain(long)} does, and ends; what is left then is counted as abandoned. A
     * request in flight is cut off. Further calls do nothing.
     *
     * @return how many lines were abandoned
     */
    public long stop(long nanos) {
        long deadline = NanoTime.after(now(), nanos);
        drain.tellOfDrops(nanos);
        handOff.close();
        room.close();
        drain(Math.max(0, deadline - now()));
        if (stopped) {
            return 0;
        }
        stopped = true;
        sender.end();
        endThread(senderThread, wakeSender);
        endThread(batcherThread, wakeBatcher);
        if (failed.get()) {
            return 0; // all that was held was counted when it failed
        }
        keptLines = keptOnDisk(Math.max(END_OF_THREADS, deadline - now()));
        long abandoned = accepted() - ledger.settled() - keptLines;
        if (abandoned > 0) {
            ledger.lost(DropReason.ABANDONED, abandoned);
        }
        return abandoned;
    }

    private void endThread(@Nullable Thread thread, Signal wake) {
        if (thread == null) {
            return; // was never started
        }
        boolean interrupted = false;
        long deadline = now() + END_OF_THREADS;
        while (thread.isAlive() && now() < deadline) {
            // Each time round, because the request may begin after the first time.
            client.cutOff();
            wake.raise();
            try {
                thread.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void batch() {
        wakeBatcher.belongsTo(Thread.currentThread());
        while (isRunning()) {
            long wait;
            try {
                wait = store.maintain(now());
                wait = Math.min(wait, batcher.step(now()));
                room.made();
                reportInterrupt();
            } catch (Throwable e) {
                wait = PAUSE_AFTER_ERROR;
                survive("batcher", e, batcher::dropOpenBatch);
            }
            told();
            wakeBatcher.await(wait);
        }
        ended();
    }

    private void reportInterrupt() {
        if (ShippingThread.pollIgnoredInterrupt()) {
            observer.interruptIgnored(Thread.currentThread().getName());
        }
    }

    private void send() {
        wakeSender.belongsTo(Thread.currentThread());
        try {
            while (isRunning()) {
                long wait;
                try {
                    wait = sender.step(now());
                    room.made();
                    reportInterrupt();
                    // There may be room now, or lines to report that the endpoint has just refused.
                    if (batcher.isHoldingBack() || !losses.isAllTold()) {
                        wakeBatcher.raise();
                    }
                } catch (Throwable e) {
                    wait = PAUSE_AFTER_ERROR;
                    survive("sender", e, sender::dropHead);
                }
                told();
                wakeSender.await(wait);
            }
        } finally {
            close();
        }
        ended();
    }

    private void close() {
        try {
            client.close();
        } catch (Throwable e) {
            survive("client's end", e, () -> {});
        }
    }

    /**
     * A thread must not end by an error, and one bad batch must not end the others. To get that batch out of the way and
     * to go on in the same thread is better than to start another: memory and threads may be what is short. Where even
     * that fails, nobody knows any more which lines are where, and a second life would deliver some of them again and
     * again; so the error goes on, and the thread ends by it: see {@link #fail}.
     */
    private void survive(String who, Throwable error, Runnable recover) {
        recover.run();
        observer.internalError("the " + who, error);
    }

    private void batcherDied(Throwable error) {
        fail("its batcher died", error);
        ended();
    }

    private void senderDied(Throwable error) {
        fail("its sender died", error);
        ended();
    }

    /**
     * Shipping can't go on: takes no more lines, holds no logging thread up, ends what still runs, and says so. No step
     * relies on the one before it, because memory may be what is short. Any thread.
     */
    private void fail(String what, Throwable error) {
        if (stopped || failed.get()) {
            return;
        }
        failedAt = System.nanoTime(); // not by the given clock, which may be what failed
        if (!failed.compareAndSet(false, true)) {
            return;
        }
        try {
            handOff.close();
        } catch (Throwable again) {
            ledger.internalError(); // closed once there is memory again: see ended()
        }
        room.close(); // after that, so that who is let go finds it closed, not full
        wakeBatcher.raise();
        wakeSender.raise();
        try {
            failure = SenderState.failed(what + ": " + error.getClass().getSimpleName(), failedAt);
            client.cutOff();
        } catch (Throwable again) {
            ledger.internalError();
        }
        observer.shippingFailed(what, error, heldLines());
    }

    /** A thread ends. After a failure the last one lets go of what is held, and counts it. */
    private void ended() {
        if (living.decrementAndGet() == 0 && failed.get()) {
            keptLines = keptOnDisk(END_OF_THREADS);
            batcher.letGo();
            sender.letGo();
            handOff.close(); // now that there is memory again, if there was none
            handOff.letGo();
            ledger.releaseBytes(ledger.bytesDownstream());
            ledger.lost(DropReason.FAILED, Math.max(0, heldLines() - keptLines));
        }
        told();
    }

    /** Closes the store, and returns how many lines it keeps for the next process. */
    private long keptOnDisk(long nanos) {
        // What of the head was settled before it could be removed is counted already.
        return Math.max(0, store.close(nanos) - sender.settledOfHead());
    }

    private boolean isRunning() {
        return started && !stopped && !failed.get();
    }

    private void told() {
        observer.progress();
        drain.progressed();
    }

    private long now() {
        return timeAndChance.nanoTime().getAsLong();
    }

    /** Lines that entered the buffer, ever. */
    public long accepted() {
        return handOff.totalLines();
    }

    /** Lines that the endpoint took, ever. */
    public long delivered() {
        return ledger.delivered();
    }

    /** Lines that were dropped for this reason, ever. */
    public long dropped(DropReason reason) {
        return ledger.dropped(reason);
    }

    /** Lines that were dropped, for whatever reason, ever. */
    public long dropped() {
        return ledger.dropped();
    }

    /** Lines of an earlier process, out of the spool, that the endpoint took. */
    public long recovered() {
        return ledger.recovered();
    }

    /** Bytes in the spool. */
    public long bytesOnDisk() {
        return store.bytesOnDisk();
    }

    /** Lines that the spool keeps for the next process. After {@link #stop}, or a failure. */
    public long keptLines() {
        return keptLines;
    }

    /** What was dropped and not told to the observer yet. After {@link #stop}. */
    public Map<DropReason, Long> untoldDrops() {
        return losses.untold();
    }

    /** Lines that are accepted and not settled. */
    public long heldLines() {
        return Math.max(0, accepted() - ledger.settled());
    }

    /** Bytes that these lines hold, as the budget counts them. */
    public long heldBytes() {
        while (true) {
            int before = ledger.moves();
            long bytes = handOff.waitingBytes() + ledger.bytesDownstream();
            if (before % 2 == 0 && before == ledger.moves()) {
                return bytes;
            }
            Thread.onSpinWait(); // the batcher was just moving some from here to there
        }
    }

    /** The age of the oldest line that is not settled, in nanoseconds; zero where there is none. */
    public long oldestAge() {
        long now = now();
        return Math.max(0, Math.max(now - sender.oldest(now), now - batcher.oldest(now)));
    }

    /** Bytes of bodies that the endpoint took, as they went over the wire. */
    public long bytesSent() {
        return ledger.bytesSent();
    }

    /** Requests of which nothing was taken. */
    public long requestsFailed() {
        return ledger.requestsFailed();
    }

    /** Requests that followed a failed one. */
    public long requestsRetried() {
        return ledger.requestsRetried();
    }

    /** Errors inside that should not have been, ever. */
    public long internalErrors() {
        return ledger.internalErrors();
    }

    /** How delivery stands. After {@link SenderState.Kind#FAILED} comes no other state. */
    public SenderState state() {
        if (!failed.get()) {
            return sender.state();
        }
        SenderState known = failure;
        return known != null ? known : SenderState.failed("of an error in the shipper", failedAt);
    }
}
