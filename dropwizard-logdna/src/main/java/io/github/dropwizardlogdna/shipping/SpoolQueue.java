package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedList;
import java.util.List;
import java.util.ListIterator;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The batches of a spool in their order: which are on disk, which in memory, which a sender has claimed; and the bytes that
 * all files take. Does no input or output, so the lock is never held while a disk hangs. Thread-safe.
 *
 * <p>A lack of memory loses no batch that is in here: each method allocates before its first change or after its last one.
 */
@SuppressWarnings("JdkObsolete") // LinkedList
final class SpoolQueue {

    /** More files than a human would look at. */
    private static final int MAX_SET_ASIDE = 100;
    /** The share of the spool that files set aside may take from the batches. */
    private static final int SHARE_OF_SET_ASIDE = 4;

    /**
     * A batch in a file, in memory, or in both.
     *
     * @param size of the file; zero if there is none
     * @param lines zero if unknown, for a file of an earlier process
     * @param since that of the batch; of no meaning for a file of an earlier process
     * @param batch null if it is not in memory
     */
    record Entry(
            String file,
            long size,
            int lines,
            boolean recovered,
            long linesBefore,
            long since,
            @Nullable Batch batch) {

        static Entry inMemory(String file, Batch batch) {
            return new Entry(file, 0, batch.lines(), false, batch.linesBefore(), batch.since(), batch);
        }

        static Entry onDisk(String file, long size, Batch batch) {
            return new Entry(file, size, batch.lines(), false, batch.linesBefore(), batch.since(), null);
        }

        static Entry recovered(String file, long size) {
            return new Entry(file, size, 0, true, Batch.FOREIGN, 0, null);
        }

        /** One that only has to be deleted. */
        Entry delivered(long newSize) {
            return new Entry(file, newSize, lines, recovered, Batch.FOREIGN, since, null);
        }

        /** One that is in a file as well. */
        Entry written(long newSize) {
            return new Entry(file, newSize, lines, recovered, linesBefore, since, batch);
        }

        boolean isOnDisk() {
            return size > 0;
        }
    }

    /**
     * A batch that has left the queue.
     *
     * @param wasFull whether the spool had no room for the last batch until then
     */
    record Removed(Entry entry, boolean wasFull) {}

    /** What became of a batch while it was written. */
    enum Written {
        /** It is no longer in memory. */
        RELEASED,
        /** A sender delivers it from memory. */
        CLAIMED,
        /** It was delivered, and the file is superfluous. */
        DELIVERED,
        /** A shutdown did not wait: the lines count as lost, although the next start sends them. */
        CLOSED
    }

    private final long maxSize;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, like all fields below. Allocates a link before it changes anything, unlike an ArrayDeque. */
    private LinkedList<Entry> entries = new LinkedList<>();

    /** By the number of the sender. */
    private final Entry[] claimed = new Entry[ShippingSettings.MAX_CONCURRENT_REQUESTS];

    /** Delivered, but not deleted. */
    private final List<Entry> undeleted = new ArrayList<>();

    /** How many entries are in memory only. */
    private int unwritten;

    /** The one of them that the batcher is writing. */
    @Nullable
    private Entry underway;

    /** The newest entry, while the batcher replaces its file. */
    @Nullable
    private Entry replaced;

    private long bytes;
    private long bytesSetAside;
    private int filesSetAside;
    /** Whether there was no room for the last batch, and nothing was removed since. */
    private boolean full;

    private boolean closed;

    SpoolQueue(long maxSize) {
        this.maxSize = maxSize;
    }

    // Adding

    /** Whether the spool has room for a file of this size. */
    boolean hasRoomFor(int size) {
        lock.lock();
        try {
            full = bytes + size > maxSize;
            return !full;
        } finally {
            lock.unlock();
        }
    }

    void add(Entry entry) {
        lock.lock();
        try {
            entries.addLast(entry);
            bytes += entry.size();
            unwritten += entry.isOnDisk() ? 0 : 1;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds the files that were found in the place.
     *
     * @param aside the bytes of files that hold no batch for this process; they must not disable the spool, however many
     *     there are
     */
    void addRecovered(Collection<Entry> recovered, int filesAside, long aside) {
        lock.lock();
        try {
            // After batches that stayed in memory until the place was open: the sender may be delivering one.
            LinkedList<Entry> all = new LinkedList<>(entries);
            all.addAll(recovered);
            long size = recovered.stream().mapToLong(Entry::size).sum();
            entries = all;
            bytesSetAside = Math.min(aside, maxBytesSetAside());
            filesSetAside = filesAside;
            bytes += bytesSetAside + size;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The oldest batch that is in memory only; null also if there is no room for it, or the queue is closed. It is underway
     * until {@link #endWrite}.
     */
    @Nullable
    Entry beginWrite() {
        lock.lock();
        try {
            underway = closed || full ? null : firstUnwritten();
            return underway;
        } finally {
            lock.unlock();
        }
    }

    void endWrite() {
        lock.lock();
        try {
            underway = null;
        } finally {
            lock.unlock();
        }
    }

    /** All batches that are in memory only, except one that is underway: two threads must not write the same file. */
    List<Entry> unwritten() {
        lock.lock();
        try {
            return entries.stream()
                    .filter(entry -> !entry.isOnDisk() && !entry.equals(underway))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    private Entry firstUnwritten() {
        if (unwritten > 0) {
            for (Entry entry : entries) {
                if (!entry.isOnDisk()) {
                    return entry;
                }
            }
        }
        return null;
    }

    /** A batch that was in memory only is in a file of this size as well. It keeps its place in the order. */
    Written written(Entry entry, Entry onDisk) {
        lock.lock();
        try {
            Entry inBoth = entry.written(onDisk.size());
            ListIterator<Entry> found = entries.listIterator();
            boolean known = false;
            while (!known && found.hasNext()) {
                known = found.next().equals(entry);
            }
            bytes += onDisk.size();
            if (!known) {
                return closed ? Written.CLOSED : Written.DELIVERED;
            }
            unwritten--;
            int sender = claimant(entry);
            if (sender < 0) {
                found.set(onDisk);
                return Written.RELEASED;
            }
            found.set(inBoth);
            claimed[sender] = inBoth;
            return Written.CLAIMED;
        } finally {
            lock.unlock();
        }
    }

    // Replacing

    /**
     * The newest batch, if it is in a file of this process that is not larger than {@code largest} bytes, and at least
     * {@code before} batches precede it; null otherwise. No sender can claim it until {@link #endReplacement}.
     */
    @Nullable
    Entry beginReplacement(int before, long largest) {
        lock.lock();
        try {
            replaced = null;
            if (closed || entries.size() <= before) {
                return null;
            }
            Entry newest = entries.getLast();
            boolean suits =
                    newest.isOnDisk() && newest.size() <= largest && !newest.recovered() && claimant(newest) < 0;
            replaced = suits ? newest : null;
            return replaced;
        } finally {
            lock.unlock();
        }
    }

    /** The file of the newest batch has another content; {@code null} if it is unchanged. */
    void endReplacement(@Nullable Entry replacement) {
        lock.lock();
        try {
            Entry old = replaced;
            replaced = null;
            if (replacement != null && old != null) {
                // It is still the last one: only the batcher adds batches, and an unclaimed one is not removed.
                entries.set(entries.size() - 1, replacement);
                bytes += replacement.size() - old.size();
            }
        } finally {
            lock.unlock();
        }
    }

    // Claiming

    boolean hasBatchFor(int sender) {
        lock.lock();
        try {
            int unavailable = claims() + (replaced == null ? 0 : 1);
            return !closed && (claimed[sender] != null || entries.size() > unavailable);
        } finally {
            lock.unlock();
        }
    }

    /** The batch that the sender has claimed, or else the oldest unclaimed one. */
    @Nullable
    Entry claim(int sender) {
        lock.lock();
        try {
            Entry known = claimed[sender];
            if (closed || known != null) {
                return closed ? null : known;
            }
            for (Entry entry : entries) {
                if (claimant(entry) < 0 && !entry.equals(replaced)) {
                    claimed[sender] = entry;
                    return entry;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the batch that the sender has claimed; its file still counts. Null if the queue is closed. */
    @Nullable
    Removed remove(int sender) {
        lock.lock();
        try {
            Entry entry = closed ? null : claimed[sender];
            if (entry == null) {
                return null;
            }
            Removed removed = new Removed(entry, full);
            claimed[sender] = null;
            entries.remove(entry);
            unwritten -= entry.isOnDisk() ? 0 : 1;
            full = false;
            return removed;
        } finally {
            lock.unlock();
        }
    }

    private int claims() {
        int claims = 0;
        for (Entry entry : claimed) {
            claims += entry == null ? 0 : 1;
        }
        return claims;
    }

    /** The number of the sender that has claimed this batch; -1 if none has. */
    private int claimant(Entry entry) {
        for (int sender = 0; sender < claimed.length; sender++) {
            if (entry.equals(claimed[sender])) {
                return sender;
            }
        }
        return -1;
    }

    /** Any other file than this. */
    @Nullable
    Entry anotherFile(Entry entry) {
        lock.lock();
        try {
            return entries.stream()
                    .filter(each -> each.isOnDisk() && !each.equals(entry))
                    .findFirst()
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    // Files

    /** Returns whether there is room again. */
    boolean deleted(Entry entry) {
        lock.lock();
        try {
            undeleted.remove(entry);
            return changeBytes(-entry.size());
        } finally {
            lock.unlock();
        }
    }

    /** A delivered batch can't be deleted. */
    void notDeleted(Entry delivered, Entry left) {
        lock.lock();
        try {
            undeleted.add(left);
            changeBytes(left.size() - delivered.size());
        } finally {
            lock.unlock();
        }
    }

    List<Entry> undeleted() {
        lock.lock();
        try {
            return List.copyOf(undeleted);
        } finally {
            lock.unlock();
        }
    }

    boolean maySetAside(long size) {
        lock.lock();
        try {
            return filesSetAside < MAX_SET_ASIDE && bytesSetAside + size <= maxBytesSetAside();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A claimed file is no batch. Its bytes still count, as far as it is {@code left} on the disk. Returns whether there is
     * room again.
     */
    boolean setAside(int sender, Entry entry, long left) {
        lock.lock();
        try {
            claimed[sender] = null;
            entries.remove(entry);
            bytesSetAside += left;
            filesSetAside += left > 0 ? 1 : 0;
            return changeBytes(left - entry.size());
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether that makes room in a full spool. */
    private boolean changeBytes(long change) {
        boolean room = full && change < 0;
        bytes += change;
        full &= !room;
        return room;
    }

    private long maxBytesSetAside() {
        return maxSize / SHARE_OF_SET_ASIDE;
    }

    // Reading

    long linesBefore() {
        lock.lock();
        try {
            return entries.stream().mapToLong(Entry::linesBefore).min().orElse(Batch.FOREIGN);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    boolean isFull() {
        lock.lock();
        try {
            return full;
        } finally {
            lock.unlock();
        }
    }

    // The end

    /** Nothing is claimed or removed from now on: the files belong to the next process. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Discards what is in memory only, and returns how many lines of this process are on disk. */
    long keepFiles() {
        lock.lock();
        try {
            entries.removeIf(entry -> !entry.isOnDisk());
            unwritten = 0;
            return entries.stream()
                    .filter(entry -> !entry.recovered())
                    .mapToLong(Entry::lines)
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    boolean isClaimOnDisk(int sender) {
        lock.lock();
        try {
            Entry entry = claimed[sender];
            return entry != null && entry.isOnDisk();
        } finally {
            lock.unlock();
        }
    }
}
