package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A segment of the {@link LineQueue} that many threads fill and one thread reads.
 *
 * <p>A logging thread claims its bytes (one compare-and-set on {@link #claimed}), copies them, and then adds them to
 * {@link #committed}. A sealed chunk takes no more claims; once committed equals claimed, its bytes are complete and
 * belong to the batcher. A chunk is never reused, so a thread that was suspended between these steps finds a sealed chunk
 * when it resumes; only the byte array is reused, once no thread can reach it.
 */
final class Chunk {

    private static final long SEALED = Long.MIN_VALUE;
    /** Set in a sealed chunk that ends with the last claim, not with the array. */
    private static final long CUT = 1L << 31;

    private static final int LINES_SHIFT = 32;
    private static final long BYTES_MASK = CUT - 1;

    final byte[] bytes;
    /**
     * The position of this chunk in the stream of all bytes and lines ever appended. The unused end of a full chunk is part
     * of the stream of bytes, because it takes memory.
     */
    final long firstByte;

    final long firstLine;
    /** Whether this is the end of a closed queue: sealed, empty, and without a successor. */
    final boolean end;

    /** Sealed (1 bit), claimed lines (31 bits), cut (1 bit), claimed bytes (31 bits). */
    final AtomicLong claimed = new AtomicLong();
    /** Copied lines and bytes, in the same form, never sealed. */
    final AtomicLong committed = new AtomicLong();

    final AtomicReference<Chunk> next = new AtomicReference<>();

    /** How far the batcher has read. Owned by the batcher, like {@code linesRead}. */
    int read;

    int linesRead;

    private Chunk(byte[] bytes, long firstByte, long firstLine, boolean end) {
        this.bytes = bytes;
        this.firstByte = firstByte;
        this.firstLine = firstLine;
        this.end = end;
    }

    /** The first chunk of a queue, which takes no claims, so that no array is needed before the first line. */
    static Chunk sealed() {
        Chunk chunk = new Chunk(new byte[0], 0, 0, false);
        chunk.seal();
        return chunk;
    }

    /** A chunk that begins where {@code previous}, which is sealed, ends. */
    static Chunk after(Chunk previous, byte[] bytes) {
        return new Chunk(bytes, previous.endByte(), previous.endLine(), false);
    }

    /** The end of a closed queue, after {@code previous}, which is sealed. */
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

    /** Stops claims because the next one does not fit. Any thread, any number of times. */
    void sealFull() {
        // An empty chunk has no last byte with which its unused end could go: it ends where it begins.
        claimed.getAndUpdate(c -> c | (c == 0 ? SEALED | CUT : SEALED));
    }

    /** Stops claims because the chunk is about to be read or the queue is closed. Any thread, any number of times. */
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
