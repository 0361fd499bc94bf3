package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Batches in the files of a {@link SpoolPlace}; in memory only those that the disk did not take. One queue over both, so
 * that the order stays, wherever a batch is.
 *
 * <p>The place is opened by the first batch, on the batcher's thread. Batches of earlier processes come first then. The
 * lock guards the queue and the counters and is not held during input or output, except at the end, when the other
 * threads are gone: only the batcher writes files, and only the sender reads and deletes them.
 */
final class DirectoryBatchStore implements BatchStore {

    private final SpoolSettings settings;
    private final ShippingObserver observer;
    private final Ledger ledger;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, like the three below it. */
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    private long bytes;
    private boolean full;
    private boolean closed;

    /** Whether the last write succeeded. */
    private volatile boolean writable = true;

    /** Set by the batcher when it opens the place, before there is an entry that needs it. */
    @Nullable
    private volatile SpoolPlace place;

    /** The batcher's. */
    private long sequence;

    /** The head's batch, so that it is read once; the sender's. */
    @Nullable
    private Stored loaded;

    DirectoryBatchStore(SpoolSettings settings, ShippingObserver observer, Ledger ledger, LongSupplier nanoTime) {
        this.settings = settings;
        this.observer = observer;
        this.ledger = ledger;
        this.nanoTime = nanoTime;
    }

    /** Where a batch is: in a file, or, where that was not possible, in memory; its place in the order is the same. */
    private record Entry(
            String file,
            long size,
            int lines,
            boolean recovered,
            @Nullable Batch batch) {}

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
        Entry inMemory = new Entry(name, 0, batch.lines(), false, batch);
        try {
            SpoolPlace open = place();
            byte[] content = SpoolFile.encode(batch, settings.origin().get());
            if (!hasRoomFor(content.length)) {
                return inMemory;
            }
            open.write(name, content);
            writable = true;
            return new Entry(name, content.length, batch.lines(), false, null);
        } catch (IOException | RuntimeException | Error e) {
            // Even where memory was too short for the copy: the batch itself is there already.
            writable = false;
            observer.spoolFailed("can't write to the spool " + settings.directory(), e);
            return inMemory;
        }
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
            open = SpoolPlace.open(settings.directory(), settings.place());
            place = open;
            try {
                queueRecovered(open);
            } catch (IOException | RuntimeException | Error e) {
                place = null; // nothing was queued; the next batch tries again
                open.close();
                throw e;
            }
        }
        return open;
    }

    private void queueRecovered(SpoolPlace open) throws IOException {
        int foreign = open.foreignFiles();
        if (foreign > 0) {
            observer.spoolFailed(foreign + " files in the spool " + open + " are none of ours, and stay there", null);
        }
        for (String place : open.notTakenOver()) {
            observer.spoolFailed("what is in " + place + " can't be taken over, and waits for the next start", null);
        }
        long found = open.bytes();
        List<Entry> recovered = new ArrayList<>();
        for (String name : open.batches()) {
            recovered.add(new Entry(name, open.sizeOf(name), 0, true, null));
        }
        lock.lock();
        try {
            // Behind what had to stay in memory before the place could be opened: the sender may be at work on that.
            bytes += found;
            entries.addAll(recovered);
        } finally {
            lock.unlock();
        }
        if (!recovered.isEmpty()) {
            observer.spoolTakenOver(recovered.size(), open.toString());
        }
    }

    @Override
    @Nullable
    public Stored head() {
        while (true) {
            Stored known = loaded;
            if (known != null) {
                return known;
            }
            Entry oldest = oldest();
            if (oldest == null) {
                return null;
            }
            Batch inMemory = oldest.batch();
            if (inMemory != null) {
                loaded = new Stored(inMemory, false, false);
            } else {
                load(oldest);
            }
        }
    }

    @Nullable
    private Entry oldest() {
        lock.lock();
        try {
            return entries.peekFirst();
        } finally {
            lock.unlock();
        }
    }

    private void load(Entry entry) {
        SpoolPlace open = place;
        if (open == null) {
            throw new IllegalStateException("a file before there was a place for it");
        }
        try {
            Batch batch = SpoolFile.decode(open.read(entry.file()), nanoTime.getAsLong());
            loaded = new Stored(batch, true, entry.recovered());
        } catch (IOException | RuntimeException e) {
            setAside(open, entry, e);
        }
    }

    /** The file stays for a person to look at, and its bytes go on counting; the others follow. */
    private void setAside(SpoolPlace open, Entry entry, Exception why) {
        observer.spoolFailed("the file " + entry.file() + " in the spool " + open + " was set aside", why);
        long left = 0;
        try {
            left = open.setAside(entry.file());
        } catch (IOException | RuntimeException e) {
            why.addSuppressed(e); // it is gone, or can't be moved: either way it is not looked at again
            left = open.sizeOf(entry.file());
        }
        lock.lock();
        try {
            entries.removeFirst();
            bytes += left - entry.size();
        } finally {
            lock.unlock();
        }
        ledger.lost(DropReason.FAILED, entry.lines()); // of an earlier process's file it is not known how many
    }

    @Override
    public int removeHead() {
        loaded = null;
        Entry removed;
        lock.lock();
        try {
            if (closed) {
                return 0; // the sender comes late: what is in the place belongs to the next process
            }
            removed = entries.removeFirst();
            bytes -= removed.size();
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
            try {
                open.delete(removed.file());
            } catch (IOException | RuntimeException | Error e) {
                // Whatever it was: the batch is off the queue, and the sender has to learn what that frees.
                observer.spoolFailed(
                        "a delivered file can't be deleted from the spool " + open
                                + "; it will be sent again at the next start",
                        e);
            }
        }
        return 0;
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
    public long close() {
        SpoolPlace open = place;
        if (open == null) {
            long none = keptOnDisk();
            letGoOfMemory();
            return none;
        }
        persistWhatIsInMemory(open);
        long kept = keptOnDisk();
        try {
            open.close();
        } catch (IOException | RuntimeException e) {
            observer.spoolFailed("the spool " + open + " can't be closed", e);
        }
        letGoOfMemory();
        return kept;
    }

    private void persistWhatIsInMemory(SpoolPlace open) {
        lock.lock();
        try {
            for (int i = entries.size(); i > 0; i--) {
                Entry entry = entries.removeFirst();
                entries.addLast(entry.batch() == null ? entry : persisted(open, entry, entry.batch()));
            }
        } finally {
            lock.unlock();
        }
    }

    private Entry persisted(SpoolPlace open, Entry entry, Batch batch) {
        try {
            byte[] content = SpoolFile.encode(batch, settings.origin().get());
            if (bytes + content.length <= settings.maxSize()) {
                open.write(entry.file(), content);
                bytes += content.length;
                return new Entry(entry.file(), content.length, entry.lines(), false, null);
            }
        } catch (IOException | RuntimeException | Error e) {
            observer.spoolFailed("can't write to the spool " + open, e);
        }
        return entry;
    }

    private void letGoOfMemory() {
        loaded = null;
        lock.lock();
        try {
            closed = true;
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
