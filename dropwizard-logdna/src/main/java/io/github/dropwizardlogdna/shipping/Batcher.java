package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes batches of lines and adds them to the store. Owned by the batcher's thread; any thread may call {@link #flush},
 * {@link #oldest}, {@link #settledLines} and {@link #isHoldingBack}.
 *
 * <p>A batch closes when a flush begins, when it is full, or, if at most the batches in flight are before it, when its oldest
 * line is due, or at once during a flush. If more batches wait in memory, closing it earlier would deliver nothing earlier,
 * and an outage would end with many small requests instead of few full ones. For the same reason a batch may become larger
 * while others wait, as far as the endpoint has taken such requests: a far endpoint takes few large requests faster than many
 * small ones. Until a batch closes its lines stay in the queue, where they cost nothing, unless there are many.
 */
final class Batcher implements Worker.Task {

    private static final long NONE = Long.MIN_VALUE;
    /** The length in bytes of the shortest line on the wire, to convert a number of lines into bytes. */
    private static final int SHORTEST_LINE = 64;
    /** Larger bodies are rare, so their buffer is not kept. */
    private static final int LARGEST_SCRATCH = 2 * 1024 * 1024;

    private final LineQueue queue;
    private final BatchStore store;
    private final Budget budget;
    private final Counters counters;
    private final LearnedLimits limits;
    private final DropReporter losses;
    private final Runnable wakeSender;
    private final int batchSize;
    private final int concurrentRequests;
    private final long flushInterval;
    private final long drainAt;

    /** The buffer in which bodies are built, one after the other. */
    @Nullable
    private ByteArrayOutputStream scratch;

    @Nullable
    private OpenBatch open;
    /** The bytes that the open batch takes from the budget. */
    private long openHeld;

    /** When the oldest line in the queue or the open batch was appended, or a little earlier. */
    private volatile long oldest = NONE;

    private long lastStep = NONE;
    private long seenAtLastStep;
    /** Whether the shipper was stopped, so that the last batches must not wait for a disk. */
    private boolean finishing;
    /** Whether lines are moving from the queue to the open batch, or from there to the store. */
    private boolean batching;

    /** How many lines were accepted before those of the open batch; {@link Batch#FOREIGN} if there is no open batch. */
    private volatile long openLinesBefore = Batch.FOREIGN;

    /** How many threads want all lines to be sent at once. */
    private final AtomicInteger flushes = new AtomicInteger();
    /** Whether a flush has begun since the last step, which closes a batch whatever waits. */
    private volatile boolean flushBegan;

    private volatile boolean heldBack;

    Batcher(Pipeline pipeline, ShippingSettings settings, Runnable wakeSender) {
        this.queue = pipeline.queue();
        this.store = pipeline.store();
        this.budget = pipeline.budget();
        this.counters = pipeline.counters();
        this.limits = pipeline.limits();
        this.losses = pipeline.losses();
        this.wakeSender = wakeSender;
        this.batchSize = settings.batchSize();
        this.concurrentRequests = settings.concurrentRequests();
        this.flushInterval = NanoTime.of(settings.flushInterval());
        // Half of the lines that the queue may hold: short lines reach that before they fill a large batch.
        this.drainAt = Math.max(1, settings.limits().maxLines() / 2 * SHORTEST_LINE);
    }

    /**
     * Does the work that is due at {@code now}, and returns after how many nanoseconds there may be more;
     * {@link WakeSignal#FOREVER} if only a new line, a flush or the sender can cause more.
     */
    @Override
    public long step(long now) {
        long untilReport = losses.step(now);
        if (oldest == NONE) {
            // The last step may be long ago, and no line is as old as that.
            lastStep = now;
            seenAtLastStep = queue.consumedBytes();
            if (queue.waitingBytes() > 0) {
                oldest = now;
            }
        }
        boolean began = flushBegan;
        if (began) {
            flushBegan = false; // before the queue is read: a flush that begins now has its lines there
        }
        boolean flushing = flushes.get() > 0; // after the flag, which is set after the flush was counted
        boolean close = (began && flushing) || mayClose(now, flushing);
        batching = true;
        if (close || queue.waitingBytes() >= drainThreshold()) {
            if (oldest == NONE) {
                oldest = now; // they came since the look above
            }
            drain();
        }
        if (close && open != null) {
            closeBatch();
        }
        batching = false;
        if (open == null && queue.waitingBytes() == 0) {
            oldest = NONE;
        }
        // Before the next step is due, because it may make the store durable again.
        long untilMaintenance = store.maintain(now);
        lastStep = now;
        seenAtLastStep = queue.totalBytes();
        return Math.min(Math.min(untilMaintenance, untilReport), untilNextStep(now, flushing));
    }

    private long untilNextStep(long now, boolean flushing) {
        boolean ready = isReady(now);
        boolean wanted = ready || (flushing && (open != null || queue.waitingBytes() > 0));
        // Sets the flag and then reads the store; the sender does it the other way round, so one sees the other.
        heldBack = wanted;
        if (wanted && mayClose(now, flushing)) {
            return 0;
        }
        long enough = oldest == NONE ? 1 : drainThreshold();
        if (!queue.wakeAt(queue.consumedBytes() + enough)) {
            return 0;
        }
        return oldest == NONE || ready ? WakeSignal.FOREVER : oldest + flushInterval - now;
    }

    /** Whether a batch closes now, however few lines it has. */
    private boolean mayClose(long now, boolean flushing) {
        // In a flush, too, many small batches would be delivered later than a few large ones.
        return (flushing && hasFewBatches()) || (isReady(now) && mayCloseEarly());
    }

    /** Whether the open batch, or what waits in the queue, need not wait for more lines. */
    private boolean isReady(long now) {
        boolean due = oldest != NONE && now - oldest >= flushInterval;
        return due || (open != null && open.uncompressed() >= batchSize);
    }

    private boolean mayCloseEarly() {
        return store.isDurable() || hasFewBatches();
    }

    private boolean hasFewBatches() {
        return store.size() <= concurrentRequests;
    }

    /** Whether a batch that is due, full or to be flushed is kept open only because others wait. */
    boolean isHoldingBack() {
        return heldBack;
    }

    /** Begins or ends a flush, in which batches close without waiting to fill or to be due. Each begin needs one end. Any thread. */
    void flush(boolean on) {
        if (on) {
            flushes.incrementAndGet();
            flushBegan = true;
        } else {
            flushes.decrementAndGet();
        }
    }

    /** When the oldest line that is not in a finished batch was appended, or {@code otherwise}. */
    long oldest(long otherwise) {
        long at = oldest;
        return at == NONE ? otherwise : at;
    }

    /**
     * How many lines are settled without a gap, from the first on. Any thread.
     *
     * <p>Lines move from the queue to the open batch, and from there to the store; each is in the next place before it
     * leaves the last. Read in this order, no line is missed.
     */
    long settledLines() {
        long queued = queue.consumedLines();
        long inOpenBatch = openLinesBefore;
        return Math.min(queued, Math.min(inOpenBatch, store.linesBefore()));
    }

    private long drainThreshold() {
        int size = open == null ? 0 : open.uncompressed();
        int next = size < batchSize ? batchSize : sizeLimit(); // from batchSize on it is ready
        return Math.max(1, Math.min(next - size, drainAt));
    }

    private int sizeLimit() {
        return mayCloseEarly() ? batchSize : limits.largestBatch();
    }

    /** Reads the lines that are in the queue now, but none that come meanwhile, or a flood would keep it here. */
    private void drain() {
        long end = queue.totalBytes();
        while (queue.consumedBytes() < end) {
            Chunk chunk = queue.poll();
            if (chunk == null) {
                return;
            }
            if (chunk.isComplete()) {
                take(chunk);
            } else {
                giveUp(chunk);
            }
        }
    }

    private void take(Chunk chunk) {
        while (chunk.unreadBytes() > 0) {
            OpenBatch batch = open();
            int length = chunk.unreadBytes();
            int lines = chunk.unreadLines();
            int room = sizeLimit() - batch.uncompressed();
            if (length > room) {
                length = endOfLastLineWithin(chunk, room);
                if (length == 0) {
                    if (batch.lines() > 0) {
                        closeBatch();
                        continue;
                    }
                    length = endOfFirstLine(chunk); // larger than a batch: it is sent alone
                }
                lines = linesIn(chunk, length);
            }
            batch.add(chunk.bytes, chunk.read, length, lines);
            openHeld += length;
            queue.consumed(chunk, length, lines);
        }
    }

    private void giveUp(Chunk chunk) {
        counters.lost(DropReason.FAILED, chunk.unreadLines());
        queue.skip(chunk);
    }

    private OpenBatch open() {
        OpenBatch batch = open;
        if (batch == null) {
            ByteArrayOutputStream buffer = scratch;
            if (buffer == null) {
                buffer = new ByteArrayOutputStream();
                scratch = buffer;
            }
            batch = new OpenBatch(limits.gzip(), buffer);
            openLinesBefore = queue.consumedLines(); // before lines leave the queue: see settledLines
            open = batch;
        }
        return batch;
    }

    private void closeBatch() {
        OpenBatch batch = open();
        Batch closed = batch.close(oldest, null).at(openLinesBefore);
        // Held before the sender can deliver the batch and release it.
        int more = (int) Math.max(0, closed.held() - openHeld);
        budget.hold(more);
        openHeld += more;
        boolean hurried = finishing || flushes.get() > 0;
        int held = hurried ? store.addAtOnce(closed) : store.add(closed);
        open = null; // from here on nothing can fail
        openLinesBefore = Batch.FOREIGN;
        budget.release(openHeld - held);
        openHeld = 0;
        if (closed.body().length > LARGEST_SCRATCH) {
            scratch = null;
        }
        if (lastStep != NONE && queue.consumedBytes() >= seenAtLastStep) {
            // All lines that are left came after the last step.
            oldest = lastStep;
        }
        wakeSender.run();
    }

    /** Gives the store all lines that are left, if it keeps them for the next process: the shipper was stopped. */
    @Override
    public void finish() {
        finishing = true;
        if (store.outlivesProcess()) {
            drain();
            if (open != null) {
                closeBatch();
            }
        }
    }

    /** Drops the open batch if an error has struck while it changed, so that it may be incomplete. */
    @Override
    public void recover() {
        OpenBatch batch = open;
        if (batching && batch != null) {
            open = null;
            counters.lost(DropReason.FAILED, batch.lines());
            openLinesBefore = Batch.FOREIGN;
            budget.release(openHeld);
            openHeld = 0;
        }
    }

    /** Discards the open batch. Call it once the thread has ended. */
    void discard() {
        open = null;
        openLinesBefore = Batch.FOREIGN;
        oldest = NONE;
    }

    private static int endOfLastLineWithin(Chunk chunk, int room) {
        for (int i = chunk.read + room - 1; i >= chunk.read; i--) {
            if (chunk.bytes[i] == '\n') {
                return i + 1 - chunk.read;
            }
        }
        return 0;
    }

    private static int endOfFirstLine(Chunk chunk) {
        int i = chunk.read;
        while (chunk.bytes[i] != '\n') {
            i++;
        }
        return i + 1 - chunk.read;
    }

    private static int linesIn(Chunk chunk, int length) {
        int lines = 0;
        for (int i = chunk.read; i < chunk.read + length; i++) {
            if (chunk.bytes[i] == '\n') {
                lines++;
            }
        }
        return lines;
    }
}
