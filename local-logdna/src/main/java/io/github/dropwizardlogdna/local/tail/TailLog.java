package io.github.dropwizardlogdna.local.tail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest lines as JSON, numbered from 1 in the order of arrival. The oldest are removed when a limit on lines or bytes
 * is exceeded. Thread-safe; a thread waits at most for another to copy.
 */
final class TailLog {

    /** The cost of a line beyond its bytes: the array's header and its slot in the ring. */
    private static final int OVERHEAD = 24;

    /** Replaces a line that was removed. */
    private static final byte[] NOTHING = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final byte[][] ring;
    private final long maxBytes;

    /** The numbers of the oldest and the newest line held; {@code first == last + 1} if there is none. */
    private long first = 1;

    private long last;
    private long bytes;
    private Received received = new Received(0, 0, 0, 0);

    TailLog(int maxLines, long maxBytes) {
        this.ring = new byte[maxLines][];
        this.maxBytes = maxBytes;
    }

    /** Adds the lines of one batch, and its size on the wire and as JSON. */
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
        // This also removes a single line that exceeds the limit.
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
     * Returns the lines after this number, up to {@code maxBytes}, but at least one if there is one. Number 0 is the
     * beginning.
     */
    Excerpt after(long number, int maxBytes) {
        lock.lock();
        try {
            // A number that is too high was never sent.
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
     * Consecutive lines.
     *
     * @param skipped the number of lines before them that are no longer held
     * @param last the number of the last of them
     */
    record Excerpt(long skipped, List<byte[]> lines, long last, Received received) {}

    /** Totals of everything that has arrived, whether or not it is still held. */
    record Received(long lines, long batches, long wireBytes, long jsonBytes) {

        private Received plus(int moreLines, int moreWireBytes, int moreJsonBytes) {
            return new Received(lines + moreLines, batches + 1, wireBytes + moreWireBytes, jsonBytes + moreJsonBytes);
        }
    }
}
