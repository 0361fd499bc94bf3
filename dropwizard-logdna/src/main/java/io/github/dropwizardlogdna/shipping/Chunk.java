package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A piece of the hand-off that many threads fill and one thread reads.
 *
 * <p>A logging thread claims its bytes (one compare-and-set on {@link #claimed}), copies them, and then says so in
 * {@link #committed}. A sealed chunk takes no more claims; once committed equals claimed, its bytes are complete and
 * belong to the batcher. A chunk is never used twice, so that a thread which was stopped for long in the middle of all
 * this finds nothing but a sealed chunk when it goes on; only the byte array, by then nobody's, is used again.
 */
final class Chunk {

    private static final long SEALED = Long.MIN_VALUE;
    /** Of a sealed chunk: its end is that of the last claim, and not that of the array. */
    private static final long CUT = 1L << 31;

    private static final int LINES_SHIFT = 32;
    private static final long BYTES_MASK = CUT - 1;

    final byte[] bytes;
    /**
     * Where this chunk begins in the stream of all bytes and lines that were ever handed over. What a full chunk has left
     * over at its end is part of the stream of bytes, because it is part of the memory.
     */
    final long firstByte;

    final long firstLine;
    /** Whether this is the end of the queue: sealed, empty, and never followed by another. */
    final boolean end;

    /** Sealed or not (1 bit), lines (31 bits), cut or not (1 bit), bytes (31 bits) that logging threads have claimed. */
    final AtomicLong claimed = new AtomicLong();
    /** Lines and bytes that have been copied, in the same form, never sealed. */
    final AtomicLong committed = new AtomicLong();

    final AtomicReference<Chunk> next = new AtomicReference<>();

    /** How far the batcher has read. The batcher's own. */
    int read;

    int linesRead;

    private Chunk(byte[] bytes, long firstByte, long firstLine, boolean end) {
        this.bytes = bytes;
        this.firstByte = firstByte;
        this.firstLine = firstLine;
        this.end = end;
    }

    /** A chunk that already takes no claims: what stands at the beginning, so that no array is needed before a line. */
    static Chunk sealed() {
        Chunk chunk = new Chunk(new byte[0], 0, 0, false);
        chunk.seal();
        return chunk;
    }

    /** A chunk that goes on where {@code previous}, which is sealed, ends. */
    static Chunk after(Chunk previous, byte[] bytes) {
        return new Chunk(bytes, previous.endByte(), previous.endLine(), false);
    }

    /** The end of the queue, behind {@code previous}, which is sealed. */
    static Chunk endAfter(Chunk previous) {
        Chunk chunk = new Chunk(new byte[0], previous.endByte(), previous.endLine(), true);
        chunk.seal();
        return chunk;
    }

    static long claimOf(int bytes, int lines) {
        return ((long) lines << LINES_SHIFT) | bytes;
    }

    static int bytesOf(long claim) {
        return (int) (claim & BYTES_MASK);
    }

    static int linesOf(long claim) {
        return (int) ((claim & ~SEALED) >>> LINES_SHIFT);
    }

    static boolean isSealed(long claim) {
        return claim < 0;
    }

    /** Takes no more claims, because the next one does not fit. Any thread, any number of times. */
    void sealFull() {
        claimed.getAndUpdate(c -> c | SEALED);
    }

    /** Takes no more claims, because it is about to be read, or the queue ends. Any thread, any number of times. */
    void seal() {
        claimed.getAndUpdate(c -> isSealed(c) ? c : c | SEALED | CUT);
    }

    boolean isComplete() {
        return (claimed.get() & ~(SEALED | CUT)) == committed.get();
    }

    long endByte() {
        long claim = claimed.get();
        boolean full = isSealed(claim) && (claim & CUT) == 0;
        return firstByte + (full ? bytes.length : bytesOf(claim));
    }

    long endLine() {
        return firstLine + linesOf(claimed.get());
    }

    int unreadBytes() {
        return bytesOf(claimed.get()) - read;
    }

    int unreadLines() {
        return linesOf(claimed.get()) - linesRead;
    }
}
