package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The lines and bytes that one appender may hold, and how much of that is in use.
 *
 * <p>A byte counts from its claim in the queue until it is released: first as queued, then, once the batcher has taken it,
 * as downstream (being batched, waiting, in flight). While bytes move downstream they are counted twice, so the limit is
 * never exceeded.
 *
 * <p>Logging threads check; the batcher moves; the batcher and the senders hold and release; any thread may read.
 */
final class Budget {

    private final BufferLimits limits;

    /** Bytes that left the queue and are not settled yet. */
    private final AtomicLong downstream = new AtomicLong();

    /** Where the queue begins in the stream of all bytes and lines: everything before was taken by the batcher. */
    private volatile long queueStartByte;

    private volatile long queueStartLine;

    /** A sequence lock: odd while bytes move from the queue downstream. */
    private volatile int moves;

    Budget(BufferLimits limits) {
        this.limits = limits;
    }

    /** The configured limits, without the bytes that batches add to their lines, and those that requests need. */
    static Budget of(ShippingSettings settings) {
        BufferLimits limits = settings.limits();
        long batches = limits.maxBytes() / settings.batchSize() + 4; // full ones, and a few that are flushed
        long forLines = limits.maxBytes() - batches * OpenBatch.ENVELOPE - requestBytes(settings);
        return new Budget(new BufferLimits(limits.maxLines(), forLines, limits.reservedLines(), (long)
                ((double) limits.reservedBytes() / limits.maxBytes() * forLines))); // the same share
    }

    /**
     * What requests need while the lines in memory take all the room: a copy of a part of a batch, and of a batch that is on
     * the disk. If they need more, for a file of another process with larger batches, say, or for late lines, lines find less
     * room meanwhile.
     */
    private static long requestBytes(ShippingSettings settings) {
        // Log text compresses to a quarter or less.
        long copy = settings.gzip() ? settings.batchSize() / 2 : settings.batchSize();
        long copies = settings.spool() == null ? 1 : 2;
        // Not more than that, or the smallest buffer would have no room for a full batch.
        return Math.min(
                settings.concurrentRequests() * copies * copy, settings.limits().maxBytes() / 4);
    }

    /**
     * Whether lines may be claimed at a position of the stream. Holds exactly if nothing was claimed or moved between this
     * check and the claim.
     *
     * @param discardable whether the lines must leave the reserve for more important ones
     */
    AppendResult check(long startByte, long startLine, int bytes, int lines, boolean discardable) {
        // Downstream last: bytes that move in between are counted twice rather than not at all.
        long bytesAfter = startByte - queueStartByte + downstream.get() + bytes;
        long linesAfter = startLine - queueStartLine + lines;
        if (bytesAfter > limits.maxBytes() || linesAfter > limits.maxLines()) {
            return bytes > limits.maxBytes() || lines > limits.maxLines() ? AppendResult.TOO_LARGE : AppendResult.FULL;
        }
        return discardable && exceedsUnreserved(bytesAfter, linesAfter)
                ? AppendResult.DISCARDED
                : AppendResult.ACCEPTED;
    }

    private boolean exceedsUnreserved(long bytes, long lines) {
        return bytes > limits.maxBytes() - limits.reservedBytes() || lines > limits.maxLines() - limits.reservedLines();
    }

    /** The batcher has taken bytes out of the queue, which begins at this position from now on. The batcher only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void moveDownstream(long bytes, long newStartByte, long newStartLine) {
        moves++;
        try {
            downstream.addAndGet(bytes);
            queueStartLine = newStartLine;
            queueStartByte = newStartByte;
        } finally {
            moves++;
        }
    }

    /** More memory is in use downstream. */
    void hold(long bytes) {
        downstream.addAndGet(bytes);
    }

    void release(long bytes) {
        downstream.addAndGet(-bytes);
    }

    long downstream() {
        return downstream.get();
    }

    long queueStartByte() {
        return queueStartByte;
    }

    long queueStartLine() {
        return queueStartLine;
    }

    /** All bytes in use. {@code streamEnd} is the position after the last claimed byte. */
    long held(LongSupplier streamEnd) {
        while (true) {
            int before = moves;
            long start = queueStartByte; // before the end, which only grows
            long bytes = Math.max(0, streamEnd.getAsLong() - start) + downstream.get();
            if (before % 2 == 0 && before == moves) {
                return bytes;
            }
            Thread.onSpinWait();
        }
    }
}
