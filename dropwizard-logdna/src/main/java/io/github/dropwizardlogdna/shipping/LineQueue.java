package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A queue of lines from the logging threads to the batcher: a list of {@link Chunk}s, bounded by the {@link Budget}.
 *
 * <p>An append costs one compare-and-set to claim, one copy, and one atomic add to commit. It takes no lock, allocates
 * nothing but a small object per chunk, and wakes no thread except as described at {@link #wakeAt}. The lines of one
 * thread keep their order, because claims are made in the order of the stream.
 *
 * <p>Both bounds hold exactly: a claim that would exceed one fails. Until the claim is made, the use that was checked can't
 * have grown, or the compare-and-set on the last chunk would fail.
 *
 * <p>Logging threads advance {@link #tail}. Only the batcher advances {@link #head}, moves lines downstream in the
 * {@link Budget}, and asks for a wake-up with {@link #wakeAt(long)}.
 */
final class LineQueue {

    private static final long NEVER = Long.MAX_VALUE;
    /** How many arrays to keep for reuse; with the default sizes as much as a batch, at most 2 MiB. */
    private static final int SPARES = 32;

    private static final int SPINS = 100;
    private static final long COMMIT_POLL = TimeUnit.MICROSECONDS.toNanos(50);
    /** Far more than a copy takes, also on a busy machine. */
    private static final long COMMIT_TIMEOUT = TimeUnit.SECONDS.toNanos(10);

    private final int chunkSize;
    private final Budget budget;
    private final long commitTimeout;
    private final AtomicReference<Chunk> tail;
    private final AtomicReferenceArray<byte[]> spares = new AtomicReferenceArray<>(SPARES);

    private Chunk head;

    /**
     * The position in the stream of bytes at which to wake the batcher: the first byte after it was idle, or the byte that
     * fills a batch. The batcher writes it and then reads the tail; a logging thread claims and then reads this field. In
     * any order, one of them sees the other. The thread whose claim reaches the position resets it, so that the others do
     * not wake the batcher again.
     */
    private final AtomicLong wakeAt = new AtomicLong(NEVER);

    private final Runnable wakeBatcher;

    LineQueue(Budget budget, int chunkSize, Runnable wakeBatcher) {
        this(budget, chunkSize, wakeBatcher, COMMIT_TIMEOUT);
    }

    /** A seam for tests, with another time to wait for the end of an append that has begun. */
    LineQueue(Budget budget, int chunkSize, Runnable wakeBatcher, long commitTimeout) {
        this.budget = budget;
        this.chunkSize = chunkSize;
        this.commitTimeout = commitTimeout;
        this.wakeBatcher = wakeBatcher;
        this.head = Chunk.sealed();
        this.tail = new AtomicReference<>(head);
    }

    /** Small enough to close a batch to within a few percent, large enough to be read in few calls. */
    static int chunkSizeFor(int batchSize) {
        return Math.min(64 * 1024, Math.max(1024, batchSize / 16));
    }

    /**
     * Copies {@code lines} lines of {@code length} bytes in all, if there is room for all of them. Any thread.
     *
     * @param discardable whether the lines must leave the reserve for more important ones
     */
    AppendResult append(byte[] source, int length, int lines, boolean discardable) {
        while (true) {
            Chunk chunk = last();
            long claimed = chunk.claimed.get();
            if (Chunk.isSealed(claimed)) {
                if (chunk.end) {
                    return AppendResult.CLOSED;
                }
                appendChunkAfter(chunk, length);
                continue;
            }
            long start = chunk.firstByte + Chunk.bytesOf(claimed);
            AppendResult admission =
                    budget.check(start, chunk.firstLine + Chunk.linesOf(claimed), length, lines, discardable);
            if (admission != AppendResult.ACCEPTED) {
                return admission;
            }
            if (Chunk.bytesOf(claimed) + length > chunk.bytes.length) {
                // The unused end is smaller than the line, which the budget has just admitted.
                chunk.sealFull();
                continue;
            }
            long claim = Chunk.claimOf(length, lines);
            if (chunk.claimed.compareAndSet(claimed, claimed + claim)) {
                System.arraycopy(source, 0, chunk.bytes, Chunk.bytesOf(claimed), length);
                chunk.committed.getAndAdd(claim);
                try {
                    wakeBatcherIfWanted(start + length);
                } catch (StackOverflowError e) {
                    // The line is accepted, and the position still stands: the next line wakes the batcher.
                }
                return AppendResult.ACCEPTED;
            }
        }
    }

    /** The result that {@link #append} of one small line would have now: saves encoding a line that would not fit. */
    AppendResult outlook(boolean discardable) {
        Chunk chunk = last();
        if (chunk.end) {
            return AppendResult.CLOSED;
        }
        return budget.check(chunk.endByte(), chunk.endLine(), 1, 1, discardable);
    }

    private Chunk last() {
        return Objects.requireNonNull(tail.get()); // never set to null
    }

    private void appendChunkAfter(Chunk full, int needed) {
        if (full.next.get() == null) {
            byte[] bytes = needed > chunkSize ? new byte[needed] : spareOrNew();
            if (!full.next.compareAndSet(null, Chunk.after(full, bytes))) {
                spare(bytes);
            }
        }
        advanceTail(full);
    }

    private void advanceTail(Chunk chunk) {
        Chunk next = chunk.next.get();
        if (next != null) {
            tail.compareAndSet(chunk, next);
        }
    }

    private void wakeBatcherIfWanted(long position) {
        long wanted = wakeAt.get();
        if (position >= wanted) {
            wakeBatcher.run();
            // After the wake-up, so that an error in between does not lose it.
            wakeAt.compareAndSet(wanted, NEVER);
        }
    }

    /** Closes the queue to new lines. Lines that it has accepted stay. Any thread. */
    void close() {
        for (Chunk last = last(); !last.end; last = last()) {
            last.seal();
            if (last.next.get() == null) {
                last.next.compareAndSet(null, Chunk.endAfter(last));
            }
            advanceTail(last);
        }
    }

    /** The end of the stream: all bytes ever appended, and the unused ends of full chunks. Any thread. */
    long totalBytes() {
        return last().endByte();
    }

    /** All lines ever appended. Any thread. */
    long totalLines() {
        return last().endLine();
    }

    long consumedBytes() {
        return budget.queueStartByte();
    }

    /** How many lines the batcher has taken. Any thread. */
    long consumedLines() {
        return budget.queueStartLine();
    }

    /** Bytes of memory with lines that wait for the batcher. Any thread. */
    long waitingBytes() {
        long start = budget.queueStartByte(); // before the end, which only grows
        return Math.max(0, totalBytes() - start);
    }

    /** Asks for a wake-up when the stream reaches {@code position}; returns false if it has. Batcher only. */
    boolean wakeAt(long position) {
        wakeAt.set(position);
        if (totalBytes() >= position) {
            wakeAt.set(NEVER);
            return false;
        }
        return true;
    }

    /**
     * The oldest chunk with unread lines; null if there is none. Seals it, so that repeated calls reach all lines that were
     * appended before. The chunk is complete, unless a thread died between its claim and its commit: then it must be
     * skipped. Batcher only.
     */
    @Nullable
    Chunk poll() {
        while (true) {
            Chunk chunk = head;
            if (chunk.claimed.get() == 0) {
                return null; // still empty: leave it to the logging threads
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
            budget.moveDownstream(0, next.firstByte, next.firstLine);
            head = next;
        }
    }

    /**
     * Only a copy of some bytes follows a claim, so this takes a time slice at most. An Error between the two (a stack that
     * ends there) could leave a claim open; then the wait ends with the timeout.
     */
    private void awaitCommits(Chunk chunk) {
        for (int spins = 0; !chunk.isComplete() && spins < SPINS; spins++) {
            Thread.onSpinWait();
        }
        if (!chunk.isComplete()) {
            long start = System.nanoTime();
            while (!chunk.isComplete() && System.nanoTime() - start < commitTimeout) {
                LockSupport.parkNanos(COMMIT_POLL);
            }
        }
    }

    /** Moves {@code lines} lines of {@code bytes} bytes in all, which were read from this chunk, downstream. Batcher only. */
    void consumed(Chunk chunk, int bytes, int lines) {
        advance(chunk, bytes, lines, bytes);
    }

    /** Skips the unread rest of a chunk. Batcher only. */
    void skip(Chunk chunk) {
        advance(chunk, chunk.unreadBytes(), chunk.unreadLines(), 0);
    }

    private void advance(Chunk chunk, int bytes, int lines, int bytesDownstream) {
        chunk.read += bytes;
        chunk.linesRead += lines;
        boolean done = chunk.unreadBytes() == 0;
        // The unused end of a full chunk goes with its last byte.
        long start = done ? chunk.endByte() : chunk.firstByte + chunk.read;
        budget.moveDownstream(bytesDownstream, start, chunk.firstLine + chunk.linesRead);
        if (done && chunk.isComplete()) {
            spare(chunk.bytes);
        }
    }

    /** Discards all waiting lines. Call it after {@link #close}, once the batcher has ended. */
    void discard() {
        Chunk end = last();
        head = end;
        budget.moveDownstream(0, end.endByte(), end.endLine());
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
