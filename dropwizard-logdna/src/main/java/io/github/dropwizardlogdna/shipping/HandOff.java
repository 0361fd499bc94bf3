package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Where logging threads leave lines and the batcher fetches them: a queue of {@link Chunk}s, bounded in lines and bytes.
 *
 * <p>What it costs a logging thread: one compare-and-set to claim, one copy, one atomic add to commit. No lock, no
 * allocation (but for a small object a chunk), and nobody is woken, except as told at {@link #wakeAt}. Lines that one
 * thread hands over leave in their order, because claims are made in the order of the stream.
 *
 * <p>Both bounds hold exactly: a claim that would exceed one fails, and what it was checked against has not grown in the
 * meantime, or the compare-and-set on the last chunk would fail.
 *
 * <p>Who owns what: logging threads move {@link #tail} forward; {@link #head} and the {@code consumed} counters are the
 * batcher's, which also decides on {@link #wakeAt}.
 */
final class HandOff {

    private static final long NEVER = Long.MAX_VALUE;
    /** Arrays that wait to be used again; with the default sizes a batch's worth, 2 MiB at the most. */
    private static final int SPARES = 32;

    private final int chunkSize;
    private final long maxLines;
    private final long maxBytes;
    private final long linesKeptFree;
    private final long bytesKeptFree;
    /** Bytes that left the hand-off and are not delivered yet; they count against {@link #maxBytes}, too. */
    private final LongSupplier bytesDownstream;

    private final AtomicReference<Chunk> tail;
    private final AtomicReferenceArray<byte[]> spares = new AtomicReferenceArray<>(SPARES);

    private Chunk head;
    private volatile long consumedBytes;
    private volatile long consumedLines;

    /**
     * The position in the stream of bytes whose arrival the batcher wants to be woken for: the first byte after it was
     * idle, or the byte that fills a batch. The batcher writes it and then looks at the tail; a logging thread claims
     * and then looks here: whatever the order, one of them sees the other. The thread whose claim gets there
     * takes the wish away, so that the others do not wake the batcher in vain.
     */
    private final AtomicLong wakeAt = new AtomicLong(NEVER);

    private final Runnable wakeBatcher;

    HandOff(BufferLimits limits, int chunkSize, LongSupplier bytesDownstream, Runnable wakeBatcher) {
        this.chunkSize = chunkSize;
        this.maxLines = limits.maxLines();
        this.maxBytes = limits.maxBytes();
        this.linesKeptFree = limits.linesKeptFree();
        this.bytesKeptFree = limits.bytesKeptFree();
        this.bytesDownstream = bytesDownstream;
        this.wakeBatcher = wakeBatcher;
        this.head = Chunk.sealed();
        this.tail = new AtomicReference<>(head);
    }

    /**
     * Copies {@code length} bytes, that are {@code lines} lines, if there is room for all of them. Any thread.
     *
     * @param discardable whether they have to leave alone the room that is kept free for more important ones
     */
    Admission append(byte[] source, int length, int lines, boolean discardable) {
        while (true) {
            Chunk chunk = last();
            long claimed = chunk.claimed.get();
            if (Chunk.isSealed(claimed)) {
                if (chunk.end) {
                    return Admission.CLOSED;
                }
                goOnAfter(chunk, length);
                continue;
            }
            long start = chunk.firstByte + Chunk.bytesOf(claimed);
            long bytesAfter = start - consumedBytes + bytesDownstream.getAsLong() + length;
            long linesAfter = chunk.firstLine + Chunk.linesOf(claimed) - consumedLines + lines;
            if (bytesAfter > maxBytes || linesAfter > maxLines) {
                return length > maxBytes || lines > maxLines ? Admission.TOO_LARGE : Admission.FULL;
            }
            if (discardable && (bytesAfter > maxBytes - bytesKeptFree || linesAfter > maxLines - linesKeptFree)) {
                return Admission.DISCARDED;
            }
            if (Chunk.bytesOf(claimed) + length > chunk.bytes.length) {
                chunk.sealFull(); // what is left over is less than the line that was just found to fit into the budget
                continue;
            }
            long claim = Chunk.claimOf(length, lines);
            if (chunk.claimed.compareAndSet(claimed, claimed + claim)) {
                System.arraycopy(source, 0, chunk.bytes, Chunk.bytesOf(claimed), length);
                chunk.committed.getAndAdd(claim);
                try {
                    wakeBatcherIfWanted(start + length);
                } catch (StackOverflowError e) {
                    // The line is accepted, and the wish to be woken still stands: the next line tries again.
                }
                return Admission.ACCEPTED;
            }
        }
    }

    /** What {@link #append} of one small line would answer now: saves the work of encoding a line that won't fit. */
    Admission outlook(boolean discardable) {
        Chunk chunk = last();
        if (chunk.end) {
            return Admission.CLOSED;
        }
        long bytes = chunk.endByte() - consumedBytes + bytesDownstream.getAsLong();
        long lines = chunk.endLine() - consumedLines;
        if (bytes >= maxBytes || lines >= maxLines) {
            return Admission.FULL;
        }
        if (discardable && (bytes >= maxBytes - bytesKeptFree || lines >= maxLines - linesKeptFree)) {
            return Admission.DISCARDED;
        }
        return Admission.ACCEPTED;
    }

    private Chunk last() {
        return Objects.requireNonNull(tail.get()); // never set to null
    }

    private void goOnAfter(Chunk full, int needed) {
        if (full.next.get() == null) {
            byte[] bytes = needed > chunkSize ? new byte[needed] : spareOrNew();
            if (!full.next.compareAndSet(null, Chunk.after(full, bytes))) {
                spare(bytes);
            }
        }
        moveTailOn(full);
    }

    private void moveTailOn(Chunk chunk) {
        Chunk next = chunk.next.get();
        if (next != null) {
            tail.compareAndSet(chunk, next);
        }
    }

    private void wakeBatcherIfWanted(long position) {
        long wanted = wakeAt.get();
        if (position >= wanted) {
            wakeBatcher.run();
            // Only now, so that an error in between does not take the wish away.
            wakeAt.compareAndSet(wanted, NEVER);
        }
    }

    /** Takes no more lines, from here on and for ever. What was accepted until then stays. Any thread. */
    void close() {
        for (Chunk last = last(); !last.end; last = last()) {
            last.seal();
            if (last.next.get() == null) {
                last.next.compareAndSet(null, Chunk.endAfter(last));
            }
            moveTailOn(last);
        }
    }

    /** The end of the stream: bytes that were ever handed over, or left over at the end of a chunk. Any thread. */
    long totalBytes() {
        return last().endByte();
    }

    /** Lines that were ever handed over. Any thread. */
    long totalLines() {
        return last().endLine();
    }

    long consumedBytes() {
        return consumedBytes;
    }

    /** Bytes of memory with lines that wait here for the batcher. Any thread. */
    long waitingBytes() {
        // In this order: what is consumed in between is counted, rather than a number below zero.
        long consumed = consumedBytes;
        return Math.max(0, totalBytes() - consumed);
    }

    /** Asks to be woken when the stream reaches {@code position}; false where it is there already. Batcher only. */
    boolean wakeAt(long position) {
        wakeAt.set(position);
        if (totalBytes() >= position) {
            wakeAt.set(NEVER);
            return false;
        }
        return true;
    }

    /**
     * The oldest chunk with unread lines; null where there is none. Seals it, so that everything handed over before
     * this call can be read by repeating it. It is complete, unless a thread died between its claim and its commit:
     * nothing is left then but to give the chunk up. Batcher only.
     */
    @Nullable
    Chunk poll() {
        while (true) {
            Chunk chunk = head;
            if (chunk.claimed.get() == 0) {
                return null; // unused so far: leave it to the logging threads
            }
            chunk.seal();
            if (chunk.unreadBytes() > 0) {
                awaitCommits(chunk);
                return chunk;
            }
            Chunk next = chunk.next.get();
            if (next == null) {
                return null;
            }
            tail.compareAndSet(chunk, next);
            consumedLines = next.firstLine;
            consumedBytes = next.firstByte;
            head = next;
        }
    }

    /**
     * A claim is followed by a copy of some bytes and nothing else, so this takes a time slice at the most. Only an
     * Error at exactly this place (a stack that ends there) could leave a claim open for ever; then the wait ends after
     * some ten seconds.
     */
    private static void awaitCommits(Chunk chunk) {
        for (int rounds = 0; !chunk.isComplete() && rounds < 200_000; rounds++) {
            if (rounds < 100) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(50_000);
            }
        }
    }

    /** Says that the batcher has taken {@code bytes}, that are {@code lines} lines, of this chunk. Batcher only. */
    void consumed(Chunk chunk, int bytes, int lines) {
        chunk.read += bytes;
        chunk.linesRead += lines;
        consumedLines = chunk.firstLine + chunk.linesRead;
        if (chunk.unreadBytes() > 0) {
            consumedBytes = chunk.firstByte + chunk.read;
            return;
        }
        consumedBytes = chunk.endByte(); // what was left over at its end included
        if (chunk.isComplete()) {
            spare(chunk.bytes);
        }
    }

    /** Forgets what waits here, after {@link #close}: nobody will fetch it. Once the batcher has ended. */
    void letGo() {
        Chunk end = last();
        head = end;
        consumedLines = end.endLine();
        consumedBytes = end.endByte();
        for (int i = 0; i < SPARES; i++) {
            spares.set(i, null);
        }
    }

    private byte[] spareOrNew() {
        for (int i = 0; i < SPARES; i++) {
            if (spares.get(i) != null) {
                byte[] spare = spares.getAndSet(i, null);
                if (spare != null) {
                    return spare;
                }
            }
        }
        return new byte[chunkSize];
    }

    private void spare(byte[] bytes) {
        if (bytes.length != chunkSize) {
            return;
        }
        for (int i = 0; i < SPARES; i++) {
            if (spares.get(i) == null && spares.compareAndSet(i, null, bytes)) {
                return;
            }
        }
    }
}
