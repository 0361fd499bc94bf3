package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import jakarta.annotation.Nullable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Ships the lines of one appender: takes them from any thread, batches and sends them on threads of its own.
 *
 * <p>The threads never wait for each other: the batcher parks until a batch is full or due, a sender until there is a batch
 * or the pause after a failure is over. There is a sender for each request that may be in flight.
 */
public final class Shipper {

    private final String name;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;
    private final ShippingThread.Starter threads;

    private final WakeSignal wakeBatcher = new WakeSignal();
    private final Senders senders;
    private final Budget budget;
    private final LineQueue queue;
    private final Counters counters;
    private final BatchStore store;
    private final DropReporter losses;
    private final Intake intake;
    private final EndpointStatus endpoint;
    private final Batcher batcher;
    private final WorkerHost host = new WorkerHost();
    private final Worker batcherWorker;
    private final FlushWaiters flushWaiters;

    private volatile boolean started;
    private volatile boolean stopped;
    /** The error that has ended shipping; see {@link #fail}. */
    private final FatalError failure = new FatalError();
    /** Workers that have not ended; one that could not be started has. */
    private final AtomicInteger living;

    private volatile long keptLines;

    /**
     * Creates the shipper without starting its threads.
     *
     * @param name the appender's, for the names of the threads
     * @param clients creates a client for each sender, because a client sends one request at a time
     * @param observers receive each event in this order; an exception of one is reported to all
     */
    public Shipper(
            String name,
            ShippingSettings settings,
            Supplier<IngestionClient> clients,
            LineForm form,
            List<ShippingObserver> observers,
            ClockAndJitter clock) {
        this(name, settings, clients, form, observers, clock, ShippingThread.Starter.REAL);
    }

    Shipper(
            String name,
            ShippingSettings settings,
            Supplier<IngestionClient> clients,
            LineForm form,
            List<ShippingObserver> observers,
            ClockAndJitter clock,
            ShippingThread.Starter threads) {
        this.name = name;
        this.nanoTime = clock.nanoTime();
        this.threads = threads;
        this.budget = Budget.of(settings);
        this.queue = new LineQueue(budget, LineQueue.chunkSizeFor(settings.batchSize()), wakeBatcher::raise);
        this.counters = new Counters(queue::totalLines);
        this.observer = new GuardedObserver(observers, counters);
        this.store = BatchStore.of(
                settings.spool(), settings.batchSize(), observer, counters, budget, nanoTime, this::wakeAll);
        this.losses = new DropReporter(counters, queue, observer, form, wakeBatcher::raise);
        Pipeline pipeline = new Pipeline(queue, store, budget, counters, LearnedLimits.of(settings), losses, form);
        this.intake = new Intake(pipeline, settings.waitForRoom(), failure::hasHappened);
        int requests = settings.concurrentRequests();
        SenderSignals signals = new SenderSignals(requests);
        this.living = new AtomicInteger(requests + 1);
        this.endpoint =
                new EndpointStatus(settings.retryPolicy(), clock, counters, observer, requests, signals::wakeOthers);
        this.batcher = new Batcher(pipeline, settings, signals::wakeIdle);
        this.batcherWorker = new Worker("batcher", batcher, wakeBatcher, host, observer, nanoTime);
        this.senders = new Senders(signals);
        for (int i = 0; i < requests; i++) {
            Sender sender = new Sender(i, pipeline, endpoint, signals, clients.get(), observer, nanoTime);
            String kind = i == 0 ? "sender" : "sender-" + (i + 1);
            senders.add(sender, new Worker(kind, sender, signals.of(i), host, observer, nanoTime));
        }
        this.flushWaiters = new FlushWaiters(batcher, endpoint, losses, wakeBatcher, this::isRunning, nanoTime);
    }

    /**
     * Starts the threads; they sleep until the first line. Call it once. Does not throw: the application keeps running even
     * if its logging threads can't start, and {@link #state} shows it.
     */
    public void start() {
        started = true;
        try {
            batcherWorker.start(threads, name);
            senders.workers().forEach(worker -> worker.start(threads, name));
        } catch (Throwable e) {
            fail("its threads could not be started", e);
            workers().filter(worker -> !worker.isStarted()).forEach(worker -> host.ended(worker, null));
        }
    }

    /**
     * Takes lines, all or none, and counts them as dropped if it can't. Any thread. Does not wait, unless it was configured
     * to.
     *
     * @param bytes the lines, each a JSON object followed by a comma and a line feed, and without any other line feed
     * @param length the number of bytes to take
     * @param lines the number of lines in them
     * @param discardable whether they must leave the reserve for more important lines
     */
    public AppendResult append(byte[] bytes, int length, int lines, boolean discardable) {
        return intake.append(bytes, length, lines, discardable);
    }

    /** Whether a line has no chance now and need not be encoded; if so it is counted as dropped. Any thread. */
    public boolean rejectEarly(boolean discardable) {
        return intake.rejectEarly(discardable);
    }

    /** Counts lines that were dropped before they reached the buffer. Any thread. */
    public void drop(DropReason reason, int lines) {
        intake.drop(reason, lines);
    }

    /** Counts an event that was shipped as its bare message, and returns how many were. Any thread. */
    public long countBareMessage() {
        return counters.bareMessage();
    }

    /** Releases logging threads that are blocked by a full buffer. From now on none blocks, because the application stops. */
    public void releaseBlocked() {
        intake.releaseBlocked();
    }

    /**
     * Sends all lines that are accepted until now without waiting for a batch to fill, and waits until they are settled.
     * Gives up if the time is over or the next attempt is later than that; later calls do not wait for lines given up.
     *
     * @param nanos the longest wait
     * @return whether the lines are settled
     */
    public boolean drain(long nanos) {
        return flushWaiters.settle(counters.accepted(), nanos, true);
    }

    /** As {@link #drain(long)}, but gives nothing up: a shutdown waits for the same lines again. */
    public boolean settle(long nanos) {
        return flushWaiters.settle(counters.accepted(), nanos, false);
    }

    /** Starts or stops sending all lines without waiting for a batch to fill or to be due. Starts are counted. */
    public void flush(boolean on) {
        flushWaiters.flush(on);
    }

    /**
     * Takes no more lines, waits as {@link #drain(long)} does, cuts off requests in flight, and ends the threads. Lines that
     * are left count as abandoned. Further calls do nothing.
     *
     * @return how many lines were abandoned
     */
    public long stop(long nanos) {
        long deadline = NanoTime.after(nanoTime.getAsLong(), nanos);
        flushWaiters.awaitDropReport(nanos);
        intake.close();
        drain(Math.max(0, deadline - nanoTime.getAsLong()));
        if (stopped) {
            return 0;
        }
        stopped = true;
        endpoint.close();
        long endOfThreads = nanoTime.getAsLong() + Worker.JOIN_TIMEOUT;
        workers().forEach(worker -> worker.awaitEnd(endOfThreads, senders::cutOff));
        if (failure.hasHappened()) {
            return 0; // all that was held was counted when it failed
        }
        keptLines = closeStore(Math.max(Worker.JOIN_TIMEOUT, deadline - nanoTime.getAsLong()));
        long abandoned = counters.accepted() - counters.settled() - keptLines;
        if (abandoned > 0) {
            counters.lost(DropReason.ABANDONED, abandoned);
        }
        return abandoned;
    }

    /** Returns how many lines the store keeps for the next process. */
    private long closeStore(long nanos) {
        // Settled lines of batches that are kept are counted already.
        return Math.max(0, store.close(nanos) - senders.settledLinesOnDisk(store));
    }

    /**
     * Shipping can't go on: takes no more lines, blocks no logging thread, ends the running threads, and reports it. No step
     * relies on the one before, because memory may be short. Any thread.
     */
    private void fail(String what, Throwable error) {
        if (stopped || !failure.happen()) {
            return;
        }
        try {
            intake.close();
        } catch (Throwable again) {
            counters.internalError(); // closed once there is memory again: see WorkerHost
        }
        intake.releaseBlocked();
        wakeAll();
        try {
            failure.describe(what, error);
            senders.cutOff();
        } catch (Throwable again) {
            counters.internalError();
        }
        observer.shippingFailed(what, error, counters.held());
    }

    private void wakeAll() {
        senders.wakeAll();
        wakeBatcher.raise();
    }

    private Stream<Worker> workers() {
        return Stream.concat(Stream.of(batcherWorker), senders.workers());
    }

    private boolean isRunning() {
        return started && !stopped && !failure.hasHappened();
    }

    /** The shipper as its workers see it. */
    private final class WorkerHost implements Worker.Host {

        @Override
        public boolean isRunning() {
            return Shipper.this.isRunning();
        }

        @Override
        public void stepped(Worker worker) {
            intake.roomFreed();
            // The batcher may close a batch now, or has refused lines to report.
            if (worker != batcherWorker && (batcher.isHoldingBack() || !losses.isAllReported())) {
                wakeBatcher.raise();
            }
        }

        @Override
        public void progressed() {
            observer.progress();
            flushWaiters.notifyProgress();
        }

        /** After a failure, the last worker that ends discards all held lines, and counts them. */
        @Override
        public void ended(Worker worker, @Nullable Throwable error) {
            if (error != null) {
                fail("its " + worker.kind() + " died", error);
            }
            if (living.decrementAndGet() == 0 && failure.hasHappened()) {
                keptLines = closeStore(Worker.JOIN_TIMEOUT);
                batcher.discard();
                senders.discard();
                queue.close(); // now that there is memory again, if there was none
                queue.discard();
                budget.release(budget.downstream());
                counters.lost(DropReason.FAILED, Math.max(0, counters.held() - keptLines));
            }
            progressed();
        }
    }

    /** All counts, and the use of memory and disk now. Any thread. */
    public ShippingCounts counts() {
        long now = nanoTime.getAsLong();
        long oldestAge = Math.max(senders.oldestAge(now), now - batcher.oldest(now));
        return counters.snapshot(budget.held(queue::totalBytes), store.bytesOnDisk(), Math.max(0, oldestAge));
    }

    /** Lines that the spool keeps for the next process. Valid after {@link #stop} or a failure. */
    public long keptLines() {
        return keptLines;
    }

    /** Drops that were not reported to the observer yet. Call it once, after {@link #stop}. */
    public Map<DropReason, Long> unreportedDrops() {
        return losses.takeUnreported();
    }

    /** The state of delivery. No other state follows {@link DeliveryState.Kind#FAILED}. */
    public DeliveryState state() {
        return failure.hasHappened() ? failure.state() : endpoint.state();
    }
}
