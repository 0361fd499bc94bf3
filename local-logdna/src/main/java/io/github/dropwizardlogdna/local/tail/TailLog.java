package io.github.dropwizardlogdna.local.tail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last lines that arrived, each as its JSON, numbered from 1 in the order of their arrival. What is over a limit, of
 * lines or of bytes, goes from the old end. Safe for any number of threads, none of which waits for more than a copy.
 */
final class TailLog {

    /** What a line costs beyond its bytes: the array's header and its place in the ring. */
    private static final int OVERHEAD = 24;

    /** In the place of a line that was let go. */
    private static final byte[] NOTHING = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final byte[][] ring;
    private final long maxBytes;

    /** The numbers of the oldest line held, and of the newest: {@code first == last + 1} when none is. */
    private long first = 1;

    private long last;
    private long bytes;
    private Received received = new Received(0, 0, 0, 0);

    TailLog(int maxLines, long maxBytes) {
        this.ring = new byte[maxLines][];
        this.maxBytes = maxBytes;
    }

    /** Adds the lines of one batch, and what the batch weighed on the wire and as JSON. */
    void append(List<byte[]> lines, int wireBytes, int jsonBytes) {
        lock.lock();
        try {
            lines.forEach(this::add);
            received = received.plus(lines.size(), wireBytes, jsonBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Adds an entry that is not counted among the lines received. */
    void appendRemark(byte[] remark) {
        lock.lock();
        try {
            add(remark);
        } finally {
            lock.unlock();
        }
    }

    private void add(byte[] line) {
        if (last - first + 1 == ring.length) {
            forgetFirst();
        }
        last++;
        ring[slot(last)] = line;
        bytes += line.length + OVERHEAD;
        // A line that is over the limit alone goes, too.
        while (bytes > maxBytes) {
            forgetFirst();
        }
    }

    private void forgetFirst() {
        bytes -= ring[slot(first)].length + OVERHEAD;
        ring[slot(first)] = NOTHING;
        first++;
    }

    /**
     * What follows the line of this number: lines of at most {@code maxBytes}, but one if there is any. Number 0 is the
     * beginning.
     */
    Excerpt after(long number, int maxBytes) {
        lock.lock();
        try {
            // A number from the future can only be made up.
            long seen = Math.min(number, last);
            long next = Math.max(seen + 1, first);
            long skipped = next - seen - 1;
            List<byte[]> lines = new ArrayList<>();
            for (long size = 0; next <= last; next++) {
                byte[] line = ring[slot(next)];
                if (!lines.isEmpty() && size + line.length > maxBytes) {
                    break;
                }
                lines.add(line);
                size += line.length;
            }
            return new Excerpt(skipped, lines, next - 1, received);
        } finally {
            lock.unlock();
        }
    }

    private int slot(long number) {
        return (int) (number % ring.length);
    }

    /**
     * Lines in a row.
     *
     * @param skipped how many lines before them are no longer held
     * @param last the number of the last of them, from which to go on
     */
    record Excerpt(long skipped, List<byte[]> lines, long last, Received received) {}

    /** All that ever arrived, whether it is still held or not. */
    record Received(long lines, long batches, long wireBytes, long jsonBytes) {

        private Received plus(int moreLines, int moreWireBytes, int moreJsonBytes) {
            return new Received(lines + moreLines, batches + 1, wireBytes + moreWireBytes, jsonBytes + moreJsonBytes);
        }
    }
}
