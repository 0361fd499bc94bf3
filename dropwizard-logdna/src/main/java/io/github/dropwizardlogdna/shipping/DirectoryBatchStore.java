package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Keeps batches in the files of a {@link SpoolPlace}, or in memory if they can't be written. One queue holds both kinds,
 * which keeps their order.
 *
 * <p>The first {@link #maintain} opens the place, on the batcher's thread. If that fails, each new batch tries again, and so
 * does {@code maintain} after a while. Batches of earlier processes precede those that are added once it is open.
 *
 * <p>The lock guards the queue and the counters. It is never held during input or output, which may hang. The batcher writes
 * files and retries failed deletions; the sender reads and deletes. A separate thread does the last writes at a shutdown,
 * so that no thread waits for a disk that hangs.
 */
final class DirectoryBatchStore implements BatchStore {

    /** More files than a human would look at. */
    private static final int MAX_SET_ASIDE = 100;
    /** The share of the spool that files set aside may take from the batches. */
    private static final int SHARE_OF_SET_ASIDE = 4;
    /** Attempts to read a file, in half a minute, before another file shows whether only this one can't be read. */
    private static final int READ_ATTEMPTS = 6;

    private final SpoolSettings settings;
    private final ShippingObserver observer;
    private final Counters counters;
    private final LongSupplier nanoTime;
    private final Runnable wake;
    private final SpoolDirectory.Opener opener;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, like all fields down to {@code closed}. */
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** Delivered, but not deleted. */
    private final List<Entry> undeleted = new ArrayList<>();

    private long bytes;
    private long bytesSetAside;
    private int filesSetAside;
    private boolean full;
    private boolean closed;

    /** Whether the last write succeeded. */
    private volatile boolean writable = true;

    /** Set by the batcher before there is an entry that needs it. */
    @Nullable
    private volatile SpoolPlace place;

    /** Owned by the batcher, like the two fields below. */
    private long sequence;

    private final Backoff opening = new Backoff();
    private final Backoff deleting = new Backoff();

    /** Claimed entries, by the number of the sender. Guarded by the lock. */
    private final Map<Integer, Entry> claimed = new HashMap<>();

    private final UnreadableFiles unreadable = new UnreadableFiles();

    /** The batches of claimed entries, by the number of the sender, so that each file is read only once. */
    private final Map<Integer, Stored> loaded = new ConcurrentHashMap<>();

    DirectoryBatchStore(
            SpoolSettings settings,
            ShippingObserver observer,
            Counters counters,
            LongSupplier nanoTime,
            Runnable wake,
            SpoolDirectory.Opener opener) {
        this.settings = settings;
        this.observer = observer;
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.wake = wake;
        this.opener = opener;
    }

    /** A batch in a file or, if that was not possible, in memory. */
    private record Entry(
            String file,
            long size,
            int lines,
            boolean recovered,
            long linesBefore,
            @Nullable Batch batch) {}

    @Override
    public long maintain(long now) {
        long untilOpened = place == null ? tryToOpen(now) : WakeSignal.FOREVER;
        return Math.min(untilOpened, Math.min(tryToDelete(now), unreadable.resume(now, wake)));
    }

    private long tryToOpen(long now) {
        if (opening.isDue(now)) {
            try {
                place();
                return WakeSignal.FOREVER;
            } catch (IOException | RuntimeException | Error e) {
                reportUnwritable(settings.directory().toString(), e);
            }
        }
        return opening.left(now);
    }

    private long tryToDelete(long now) {
        SpoolPlace open = place;
        List<Entry> left = undeleted();
        if (open == null || left.isEmpty()) {
            return WakeSignal.FOREVER;
        }
        if (deleting.isDue(now)) {
            Exception failure = deleteAll(open, left);
            if (failure == null) {
                deleting.succeeded();
                return WakeSignal.FOREVER;
            }
            deleting.failed(now);
            observer.spoolProblem(
                    SpoolProblem.NOT_DELETED,
                    open + "/" + left.get(left.size() - 1).file(),
                    words(failure));
        }
        return deleting.left(now);
    }

    private List<Entry> undeleted() {
        lock.lock();
        try {
            return List.copyOf(undeleted);
        } finally {
            lock.unlock();
        }
    }

    /** Returns why a file could not be deleted; null if all were. */
    @Nullable
    private Exception deleteAll(SpoolPlace open, List<Entry> files) {
        Set<Entry> deleted = new HashSet<>();
        Exception failure = null;
        for (Entry entry : files) {
            try {
                open.delete(entry.file());
                deleted.add(entry);
            } catch (IOException | RuntimeException e) {
                failure = e;
                break; // the others would fail as well
            }
        }
        lock.lock();
        try {
            undeleted.removeAll(deleted);
            bytes -= deleted.stream().mapToLong(Entry::size).sum();
        } finally {
            lock.unlock();
        }
        return failure;
    }

    @Override
    public int add(Batch batch) {
        Entry entry = write(batch);
        lock.lock();
        try {
            entries.addLast(entry);
            bytes += entry.size();
        } finally {
            lock.unlock();
        }
        return entry.batch() == null ? 0 : batch.held();
    }

    private Entry write(Batch batch) {
        String name = String.format(Locale.ROOT, "%s_%016d%s", settings.place(), ++sequence, SpoolPlace.BATCH);
        Entry inMemory = new Entry(name, 0, batch.lines(), false, batch.linesBefore(), batch);
        SpoolPlace open = null;
        int size = 0;
        try {
            if (isClosed()) {
                return inMemory; // after a shutdown the place no longer belongs to this process
            }
            open = place();
            byte[] content = SpoolFile.encode(batch, settings.origin().get());
            size = content.length;
            if (!hasRoomFor(size)) {
                return inMemory;
            }
            open.write(name, content);
            writable = true;
            return new Entry(name, size, batch.lines(), false, batch.linesBefore(), null);
        } catch (IOException | RuntimeException | Error e) {
            // Also if memory was too short for the copy: the batch itself exists already.
            writable = false;
            reportNotWritten(open, size, e);
            return inMemory;
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void reportNotWritten(@Nullable SpoolPlace open, int size, Throwable why) {
        if (open != null && why instanceof IOException failure && isOutOfSpace(open, size, failure)) {
            observer.spoolProblem(SpoolProblem.DISK_FULL, open.toString(), words(why));
        } else {
            reportUnwritable(open == null ? settings.directory().toString() : open.toString(), why);
        }
    }

    private void reportUnwritable(String where, Throwable why) {
        observer.spoolProblem(SpoolProblem.UNWRITABLE, where, words(why));
    }

    private static boolean isOutOfSpace(SpoolPlace open, int size, IOException failure) {
        String reason = failure instanceof FileSystemException more && more.getReason() != null
                ? more.getReason()
                : String.valueOf(failure.getMessage());
        try {
            return reason.contains("No space left") || reason.contains("quota") || open.lacksSpaceFor(size);
        } catch (IOException | RuntimeException e) {
            return false; // the disk has another problem
        }
    }

    private static String words(Throwable why) {
        boolean ownWords = why instanceof IOException && !(why instanceof FileSystemException);
        return ownWords && why.getMessage() != null ? why.getMessage() : why.toString();
    }

    private boolean hasRoomFor(int more) {
        lock.lock();
        try {
            full = bytes + more > settings.maxSize();
            return !full;
        } finally {
            lock.unlock();
        }
    }

    private SpoolPlace place() throws IOException {
        SpoolPlace open = place;
        if (open == null) {
            try {
                open = SpoolPlace.open(opener, settings.directory(), settings.place());
                place = open;
                queueRecovered(open);
            } catch (IOException | RuntimeException | Error e) {
                opening.failed(nanoTime.getAsLong());
                place = null; // nothing was queued
                if (open != null) {
                    open.close();
                }
                throw e;
            }
        }
        return open;
    }

    private void queueRecovered(SpoolPlace open) throws IOException {
        report(open.findings());
        List<Entry> recovered = new ArrayList<>();
        for (String name : open.batches()) {
            recovered.add(new Entry(name, open.sizeOf(name), 0, true, Batch.FOREIGN, null));
        }
        long aside = 0;
        List<String> asideNames = open.setAside();
        for (String name : asideNames) {
            aside += open.sizeOf(name);
        }
        lock.lock();
        try {
            // After batches that stayed in memory until the place was open: the sender may be delivering one.
            entries.addAll(recovered);
            // Files that are set aside or foreign must not disable the spool, however many there are.
            bytesSetAside = Math.min(aside + open.findings().foreignBytes, maxBytesSetAside());
            filesSetAside = asideNames.size();
            bytes += bytesSetAside + recovered.stream().mapToLong(Entry::size).sum();
        } finally {
            lock.unlock();
        }
        if (!recovered.isEmpty()) {
            observer.spoolTakenOver(recovered.size(), open.toString());
            wake.run();
        }
    }

    private void report(SpoolPlace.Findings findings) {
        findings.foreign.forEach(file -> observer.spoolProblem(SpoolProblem.FOREIGN, file, ""));
        findings.notTakenOver.forEach(other -> observer.spoolProblem(SpoolProblem.NOT_TAKEN_OVER, other, ""));
        findings.openToOthers.forEach(directory -> observer.spoolProblem(SpoolProblem.OPEN_TO_OTHERS, directory, ""));
    }

    private long maxBytesSetAside() {
        return settings.maxSize() / SHARE_OF_SET_ASIDE;
    }

    @Override
    public boolean hasBatchFor(int sender) {
        lock.lock();
        try {
            return !closed
                    && !unreadable.isPaused()
                    && (entries.size() > claimed.size() || claimed.containsKey(sender));
        } finally {
            lock.unlock();
        }
    }

    @Override
    @Nullable
    public Stored claim(int sender) {
        while (true) {
            Stored known = loaded.get(sender);
            if (known != null) {
                return known;
            }
            Entry entry = claimOldest(sender);
            if (entry == null) {
                return null;
            }
            Batch inMemory = entry.batch();
            if (inMemory != null) {
                loaded.put(sender, new Stored(inMemory, false, false));
            } else if (!load(sender, entry)) {
                return null;
            }
        }
    }

    @Nullable
    private Entry claimOldest(int sender) {
        lock.lock();
        try {
            Entry known = claimed.get(sender);
            if (closed || known != null) {
                return closed ? null : known;
            }
            for (Entry entry : entries) {
                if (!claimed.containsValue(entry)) {
                    claimed.put(sender, entry);
                    return entry;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Loads the batch of a file, or removes the file if it holds none; returns false if it can't be read now. */
    private boolean load(int sender, Entry entry) {
        SpoolPlace open = place;
        if (open == null) {
            throw new IllegalStateException("there is a file, but no place");
        }
        try {
            byte[] content = read(open, entry);
            if (content == null) {
                return false;
            }
            if (SpoolPlace.isMarkedDelivered(content)) {
                remove(sender);
            } else {
                Batch batch = SpoolFile.decode(content, nanoTime.getAsLong());
                loaded.put(sender, new Stored(batch, true, entry.recovered()));
            }
        } catch (IOException | RuntimeException e) {
            setAside(open, sender, entry, e);
        }
        return true;
    }

    /**
     * Returns the content of a file; null if it can't be read now.
     *
     * @throws IOException if it is not a batch, or has failed again and again while another file can be read
     */
    @Nullable
    private byte[] read(SpoolPlace open, Entry entry) throws IOException {
        try {
            byte[] content = open.read(entry.file());
            unreadable.succeeded(entry.file());
            return content;
        } catch (SpoolPlace.NotABatchException | NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            // The process may have too many open files, or the disk a moment's trouble: that is no damage.
            if (unreadable.failed(entry.file(), nanoTime.getAsLong()) >= READ_ATTEMPTS && canReadAnother(open, entry)) {
                unreadable.succeeded(entry.file()); // it is set aside, so that the others follow
                throw e;
            }
            observer.spoolProblem(SpoolProblem.UNREADABLE, open + "/" + entry.file(), words(e));
            wake.run(); // the batcher knows when to try again
            return null;
        }
    }

    private boolean canReadAnother(SpoolPlace open, Entry entry) {
        Entry other;
        lock.lock();
        try {
            other = entries.stream()
                    .filter(each -> each.batch() == null && !each.equals(entry))
                    .findFirst()
                    .orElse(null);
        } finally {
            lock.unlock();
        }
        try {
            return other != null && open.read(other.file()).length > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Keeps a damaged file for a human to look at. Its bytes still count; the other batches follow. */
    private void setAside(SpoolPlace open, int sender, Entry entry, Exception why) {
        long left = 0;
        String fate;
        try {
            if (mayBeSetAside(entry.size())) {
                left = open.setAside(entry.file());
                fate = "set aside as " + SpoolPlace.DAMAGED;
            } else {
                open.delete(entry.file());
                fate = "deleted, because enough others are set aside";
            }
        } catch (IOException | RuntimeException e) {
            // It is gone or can't be moved. It is not read again in both cases.
            fate = "left where it is";
            left = sizeOf(open, entry);
        }
        lock.lock();
        try {
            claimed.remove(sender);
            entries.remove(entry);
            bytes += left - entry.size();
            bytesSetAside += left;
            filesSetAside += left > 0 ? 1 : 0;
        } finally {
            lock.unlock();
        }
        counters.lost(DropReason.FAILED, entry.lines()); // unknown, so zero, for a file of an earlier process
        observer.spoolProblem(SpoolProblem.DAMAGED, open + "/" + entry.file(), words(why) + "; it was " + fate);
    }

    private static long sizeOf(SpoolPlace open, Entry entry) {
        try {
            return open.sizeOf(entry.file());
        } catch (IOException | RuntimeException e) {
            return entry.size();
        }
    }

    private boolean mayBeSetAside(long size) {
        lock.lock();
        try {
            return filesSetAside < MAX_SET_ASIDE && bytesSetAside + size <= maxBytesSetAside();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int remove(int sender) {
        loaded.remove(sender);
        Entry removed;
        lock.lock();
        try {
            removed = closed ? null : claimed.remove(sender);
            if (removed == null) {
                return 0; // after a shutdown the files belong to the next process
            }
            entries.remove(removed);
            full = false;
        } finally {
            lock.unlock();
        }
        Batch inMemory = removed.batch();
        if (inMemory != null) {
            return inMemory.held();
        }
        SpoolPlace open = place;
        if (open != null) {
            delete(open, removed);
        }
        return 0;
    }

    private void delete(SpoolPlace open, Entry delivered) {
        try {
            open.delete(delivered.file());
            forget(delivered.size());
        } catch (IOException | RuntimeException | Error e) {
            // Any error: the batch has left the queue, and the sender must learn how much memory that frees.
            keepUndeleted(open, delivered, e);
            wake.run(); // the batcher retries
        }
    }

    private void keepUndeleted(SpoolPlace open, Entry delivered, Throwable why) {
        String fate = "it is marked as delivered";
        Entry left = delivered;
        try {
            long size = open.markDelivered(delivered.file());
            left = new Entry(delivered.file(), size, delivered.lines(), delivered.recovered(), Batch.FOREIGN, null);
        } catch (IOException | RuntimeException e) {
            fate = "it can't be marked as delivered either, so the next start sends it again if it still exists";
        }
        lock.lock();
        try {
            undeleted.add(left);
            bytes += left.size() - delivered.size();
        } finally {
            lock.unlock();
        }
        observer.spoolProblem(SpoolProblem.NOT_DELETED, open + "/" + delivered.file(), words(why) + "; " + fate);
    }

    private void forget(long size) {
        lock.lock();
        try {
            bytes -= size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long linesBefore() {
        lock.lock();
        try {
            return entries.stream().mapToLong(Entry::linesBefore).min().orElse(Batch.FOREIGN);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isDurable() {
        return writable && !isFull();
    }

    @Override
    public long bytesOnDisk() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isFull() {
        lock.lock();
        try {
            return full;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long close(long nanos) {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        SpoolPlace open = place;
        if (open != null) {
            CountDownLatch done = new CountDownLatch(1);
            try {
                ShippingThread.Starter.REAL.start(
                        "logdna-spool-end",
                        () -> {
                            end(open);
                            done.countDown();
                        },
                        error -> done.countDown());
                await(done, nanos);
            } catch (OutOfMemoryError e) {
                end(open); // the process may have no more threads
            }
        }
        long kept = keptOnDisk();
        discardMemory();
        return kept;
    }

    private static void await(CountDownLatch done, long nanos) {
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean waiting = true;
        while (waiting) {
            try {
                done.await(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
                waiting = false;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The last use of the disk, on a separate thread. */
    private void end(SpoolPlace open) {
        persistMemory(open);
        Exception failure = deleteAll(open, undeleted());
        try {
            open.close();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        if (failure != null) {
            reportUnwritable(open.toString(), failure);
        }
    }

    private void persistMemory(SpoolPlace open) {
        List<Entry> all;
        lock.lock();
        try {
            all = List.copyOf(entries);
        } finally {
            lock.unlock();
        }
        for (Entry entry : all) {
            if (entry.batch() != null) {
                persist(open, entry, entry.batch());
            }
        }
    }

    private void persist(SpoolPlace open, Entry entry, Batch batch) {
        int size = 0;
        try {
            byte[] content = SpoolFile.encode(batch, settings.origin().get());
            size = content.length;
            if (!hasRoomFor(size)) {
                return;
            }
            open.write(entry.file(), content);
            Entry onDisk = new Entry(entry.file(), content.length, entry.lines(), false, entry.linesBefore(), null);
            lock.lock();
            try {
                // The entry is gone if the shutdown has stopped waiting: its lines count as lost, although the next
                // start sends them.
                if (entries.remove(entry)) {
                    entries.addLast(onDisk);
                    bytes += content.length;
                }
            } finally {
                lock.unlock();
            }
        } catch (IOException | RuntimeException | Error e) {
            reportNotWritten(open, size, e);
        }
    }

    private void discardMemory() {
        loaded.clear();
        lock.lock();
        try {
            entries.removeIf(entry -> entry.batch() != null);
        } finally {
            lock.unlock();
        }
    }

    private long keptOnDisk() {
        lock.lock();
        try {
            return entries.stream()
                    .filter(entry -> entry.batch() == null && !entry.recovered())
                    .mapToLong(Entry::lines)
                    .sum();
        } finally {
            lock.unlock();
        }
    }
}
