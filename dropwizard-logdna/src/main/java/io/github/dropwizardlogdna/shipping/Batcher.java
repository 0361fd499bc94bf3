package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes batches of lines, and puts them into the store. Owned by the batcher's thread; {@link #flush}, {@link #oldest}
 * and {@link #isHoldingBack} are for the others.
 *
 * <p>A batch closes when it is full; when its oldest line is due and at most the batch in flight is before it (where
 * more wait in memory, an earlier end would not deliver anything earlier, and recovery from an outage would be many small
 * requests instead of few full ones); or when somebody asked for a flush. Until then lines stay in the hand-off, where
 * they cost nothing, unless there are many.
 */
final class Batcher {

    private static final long NONE = Long.MIN_VALUE;
    /** No line of log is shorter on the wire: tells how many lines some bytes can be at the most. */
    private static final int SHORTEST_LINE = 64;
    /** A body of more bytes is rare enough that what it was built in is not worth keeping. */
    private static final int LARGEST_SCRATCH = 2 * 1024 * 1024;

    private final HandOff handOff;
    private final BatchStore store;
    private final Ledger ledger;
    private final LearnedLimits limits;
    private final LossReport losses;
    private final Runnable wakeSender;
    private final int batchSize;
    private final long flushInterval;
    private final long drainAt;

    /** What bodies are built in, one after the other. */
    @Nullable
    private ByteArrayOutputStream scratch;

    @Nullable
    private OpenBatch open;
    /** The bytes that the open batch holds of the budget. */
    private long openHeld;

    /** When the oldest line here, in the hand-off or in the open batch, was handed over: then or a little earlier. */
    private volatile long oldest = NONE;

    private long lastStep = NONE;
    private long seenAtLastStep;

    /** How many threads want everything to be sent at once. */
    private final AtomicInteger flushes = new AtomicInteger();

    private volatile boolean heldBack;

    Batcher(Pipeline pipeline, ShippingSettings settings, Runnable wakeSender) {
        this.handOff = pipeline.handOff();
        this.store = pipeline.store();
        this.ledger = pipeline.ledger();
        this.limits = pipeline.limits();
        this.losses = pipeline.losses();
        this.wakeSender = wakeSender;
        this.batchSize = settings.batchSize();
        this.flushInterval = NanoTime.of(settings.flushInterval());
        // Half of the lines that the hand-off may hold: with short lines and large batches, that comes first.
        this.drainAt = Math.max(1, settings.limits().maxLines() / 2 * SHORTEST_LINE);
    }

    /**
     * Does what there is to do at {@code now}, and returns after how many nanoseconds there may be more;
     * {@link Signal#FOREVER} where only a new line, a flush or the sender can be the reason.
     */
    long step(long now) {
        long untilReport = losses.step(now);
        if (oldest == NONE && handOff.waitingBytes() > 0) {
            oldest = now;
        }
        boolean flushing = flushes.get() > 0;
        boolean close = flushing || (isDue(now) && mayCloseEarly());
        if (close || handOff.waitingBytes() >= drainThreshold()) {
            drain();
        }
        if (close && open != null) {
            close();
        }
        if (open == null && handOff.waitingBytes() == 0) {
            oldest = NONE;
        }
        lastStep = now;
        seenAtLastStep = handOff.totalBytes();
        return Math.min(untilReport, untilNextStep(now, flushing));
    }

    private long untilNextStep(long now, boolean flushing) {
        boolean due = isDue(now);
        // First the flag, then a look at the store; the sender does it the other way round.
        heldBack = due;
        if (due && mayCloseEarly()) {
            return 0;
        }
        long enough = oldest == NONE || flushing ? 1 : drainThreshold();
        if (!handOff.wakeAt(handOff.consumedBytes() + enough)) {
            return 0;
        }
        return oldest == NONE || due ? Signal.FOREVER : oldest + flushInterval - now;
    }

    private boolean isDue(long now) {
        return oldest != NONE && now - oldest >= flushInterval;
    }

    private boolean mayCloseEarly() {
        return store.isDurable() || store.size() <= 1;
    }

    /** Whether a batch is due that is kept open because others wait: once they don't, it is to be closed. */
    boolean isHoldingBack() {
        return heldBack;
    }

    /** Begins, or ends, to send every line at once; whoever begins it also ends it. Any thread. */
    void flush(boolean on) {
        if (on) {
            flushes.incrementAndGet();
        } else {
            flushes.decrementAndGet();
        }
    }

    /** When the oldest line that is not in a finished batch was handed over, or {@code otherwise}. */
    long oldest(long otherwise) {
        long at = oldest;
        return at == NONE ? otherwise : at;
    }

    private long drainThreshold() {
        int room = open == null ? sizeLimit() : sizeLimit() - open.uncompressed();
        return Math.max(1, Math.min(room, drainAt));
    }

    private int sizeLimit() {
        return batchSize;
    }

    /** Takes what is in the hand-off now; not what comes meanwhile, or a flood of lines would keep it here. */
    private void drain() {
        long end = handOff.totalBytes();
        while (handOff.consumedBytes() < end) {
            Chunk chunk = handOff.poll();
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
                        close();
                        continue;
                    }
                    length = endOfFirstLine(chunk); // larger than a batch: it goes alone
                }
                lines = linesIn(chunk, length);
            }
            batch.add(chunk.bytes, chunk.read, length, lines);
            openHeld += length;
            take(chunk, length, lines);
        }
    }

    private void take(Chunk chunk, int length, int lines) {
        ledger.takeOver(length);
        try {
            handOff.consumed(chunk, length, lines);
        } finally {
            ledger.moved(); // or whoever asks for the bytes would wait in vain
        }
    }

    private void giveUp(Chunk chunk) {
        ledger.lost(DropReason.FAILED, chunk.unreadLines());
        handOff.consumed(chunk, chunk.unreadBytes(), chunk.unreadLines());
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
            open = batch;
        }
        return batch;
    }

    private void close() {
        OpenBatch batch = open();
        Batch closed = batch.close(oldest, null);
        // Counted before the sender can deliver it and stop counting it.
        int more = (int) Math.max(0, closed.held() - openHeld);
        ledger.holdBytes(more);
        openHeld += more;
        int held = store.add(closed);
        open = null; // from here on nothing can fail: nothing is made, nothing is called that could
        ledger.releaseBytes(openHeld - held);
        openHeld = 0;
        if (closed.body().length > LARGEST_SCRATCH) {
            scratch = null;
        }
        if (lastStep != NONE && handOff.consumedBytes() >= seenAtLastStep) {
            // Whatever is left came after the last step.
            oldest = lastStep;
        }
        wakeSender.run();
    }

    /** After an error: drops the batch that could not be made, so that the next one can. */
    void dropOpenBatch() {
        OpenBatch batch = open;
        if (batch != null) {
            open = null;
            ledger.lost(DropReason.FAILED, batch.lines());
            ledger.releaseBytes(openHeld);
            openHeld = 0;
        }
    }

    /** Forgets its open batch. Once its thread has ended. */
    void letGo() {
        open = null;
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
