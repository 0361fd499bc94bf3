package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps batches in the files of a {@link SpoolPlace}, or in memory while they can't be written. One queue holds both kinds,
 * which keeps their order.
 *
 * <p>The first {@link #maintain} opens the place, on the batcher's thread. If that fails, each new batch tries again, and so
 * does {@code maintain} after a while. Batches of earlier processes precede those that are added once it is open. {@code
 * maintain} also writes what is in memory only, as soon as the disk takes it: one batch in each call, so that new lines need
 * not wait for all.
 *
 * <p>The batcher writes files and retries failed deletions; the sender reads and deletes. A separate thread does the last
 * writes at a shutdown, so that no thread waits for a disk that hangs. They meet in the {@link SpoolQueue} only.
 */
final class DirectoryBatchStore implements BatchStore {

    /** Attempts to read a file, in half a minute, before another file shows whether only this one can't be read. */
    private static final int READ_ATTEMPTS = 6;

    private final SpoolSettings settings;
    private final ShippingObserver observer;
    private final Counters counters;
    private final Budget budget;
    private final LongSupplier nanoTime;
    private final Runnable wake;
    private final SpoolDirectory.Opener opener;
    private final SpoolQueue queue;

    /** Set by the batcher before there is an entry that needs it. */
    @Nullable
    private volatile SpoolPlace place;

    /** Owned by the batcher, like the fields down to {@code writable}. */
    private long sequence;

    private final Backoff opening = new Backoff();
    private final Backoff deleting = new Backoff();
    private final Backoff writing = new Backoff();
    /** Whether the last write succeeded, or the next one may. */
    private boolean writable = true;

    private final UnreadableFiles unreadable = new UnreadableFiles();

    /** The batches of claimed entries, by the number of the sender, so that each file is read only once. */
    private final Map<Integer, Stored> loaded = new ConcurrentHashMap<>();

    DirectoryBatchStore(
            SpoolSettings settings,
            ShippingObserver observer,
            Counters counters,
            Budget budget,
            LongSupplier nanoTime,
            Runnable wake,
            SpoolDirectory.Opener opener) {
        this.settings = settings;
        this.queue = new SpoolQueue(settings.maxSize());
        this.observer = observer;
        this.counters = counters;
        this.budget = budget;
        this.nanoTime = nanoTime;
        this.wake = wake;
        this.opener = opener;
    }

    @Override
    public long maintain(long now) {
        long untilOpened = place == null ? tryToOpen(now) : WakeSignal.FOREVER;
        return Math.min(
                Math.min(untilOpened, tryToWrite(now)), Math.min(tryToDelete(now), unreadable.resume(now, wake)));
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

    /** Writes the oldest batch that is in memory only. */
    private long tryToWrite(long now) {
        SpoolPlace open = place;
        if (open == null) {
            return WakeSignal.FOREVER;
        }
        if (!writable && !writing.isDue(now)) {
            return writing.left(now);
        }
        Entry entry = queue.oldestUnwritten();
        Batch batch = entry == null ? null : entry.batch();
        if (entry == null || batch == null) {
            writable = true; // as far as is known: the next batch tries
            return WakeSignal.FOREVER;
        }
        try {
            if (!persist(open, entry, batch)) {
                return WakeSignal.FOREVER; // the spool is full: a sender makes room, and wakes
            }
            written();
            return 0;
        } catch (IOException | RuntimeException | Error e) {
            notWritten(open, batch, e);
            return writing.left(now);
        }
    }

    private void written() {
        writable = true;
        writing.succeeded();
    }

    private void notWritten(@Nullable SpoolPlace open, Batch batch, Throwable why) {
        writing.failed(nanoTime.getAsLong());
        writable = false;
        reportNotWritten(open, batch, why);
    }

    private long tryToDelete(long now) {
        SpoolPlace open = place;
        List<Entry> left = queue.undeleted();
        if (open == null || left.isEmpty()) {
            return WakeSignal.FOREVER;
        }
        if (deleting.isDue(now)) {
            NotDeleted failure = deleteAll(open, left);
            if (failure == null) {
                deleting.succeeded();
                return WakeSignal.FOREVER;
            }
            deleting.failed(now);
            observer.spoolProblem(SpoolProblem.NOT_DELETED, open + "/" + failure.file(), words(failure.why()));
        }
        return deleting.left(now);
    }

    private record NotDeleted(String file, Exception why) {}

    /** Returns the first file that could not be deleted; null if all were. */
    @Nullable
    private NotDeleted deleteAll(SpoolPlace open, List<Entry> files) {
        for (Entry entry : files) {
            try {
                open.delete(entry.file());
                queue.deleted(entry);
            } catch (IOException | RuntimeException e) {
                return new NotDeleted(entry.file(), e); // the others would fail as well
            }
        }
        return null;
    }

    @Override
    public int add(Batch batch) {
        Entry entry = write(batch);
        queue.add(entry);
        return entry.batch() == null ? 0 : batch.held();
    }

    private Entry write(Batch batch) {
        String name = String.format(Locale.ROOT, "%s_%016d%s", settings.place(), ++sequence, SpoolPlace.BATCH);
        Entry inMemory = Entry.inMemory(name, batch);
        SpoolPlace open = null;
        try {
            if (queue.isClosed()) {
                return inMemory; // after a shutdown the place no longer belongs to this process
            }
            open = place();
            int size = write(open, name, batch);
            if (size == 0) {
                return inMemory;
            }
            written();
            return Entry.onDisk(name, size, batch);
        } catch (IOException | RuntimeException | Error e) {
            // Also if memory was too short for the copy: the batch itself exists already.
            notWritten(open, batch, e);
            return inMemory;
        }
    }

    /** Returns the size of the file; zero if the spool is full. */
    private int write(SpoolPlace open, String name, Batch batch) throws IOException {
        byte[] content = SpoolFile.encode(batch, settings.origin().get());
        if (!queue.hasRoomFor(content.length)) {
            return 0;
        }
        open.write(name, content);
        return content.length;
    }

    private void reportNotWritten(@Nullable SpoolPlace open, Batch batch, Throwable why) {
        if (open != null && why instanceof IOException failure && isOutOfSpace(open, batch, failure)) {
            observer.spoolProblem(SpoolProblem.DISK_FULL, open.toString(), words(why));
        } else {
            reportUnwritable(open == null ? settings.directory().toString() : open.toString(), why);
        }
    }

    private void reportUnwritable(String where, Throwable why) {
        observer.spoolProblem(SpoolProblem.UNWRITABLE, where, words(why));
    }

    private static boolean isOutOfSpace(SpoolPlace open, Batch batch, IOException failure) {
        String reason = failure instanceof FileSystemException more && more.getReason() != null
                ? more.getReason()
                : String.valueOf(failure.getMessage());
        try {
            return reason.contains("No space left")
                    || reason.contains("quota")
                    || open.lacksSpaceFor(batch.body().length);
        } catch (IOException | RuntimeException e) {
            return false; // the disk has another problem
        }
    }

    private static String words(Throwable why) {
        boolean ownWords = why instanceof IOException && !(why instanceof FileSystemException);
        return ownWords && why.getMessage() != null ? why.getMessage() : why.toString();
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
            recovered.add(Entry.recovered(name, open.sizeOf(name)));
        }
        long aside = 0;
        List<String> asideNames = open.setAside();
        for (String name : asideNames) {
            aside += open.sizeOf(name);
        }
        queue.addRecovered(recovered, asideNames.size(), aside + open.findings().foreignBytes);
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

    @Override
    public boolean hasBatchFor(int sender) {
        return !unreadable.isPaused() && queue.hasBatchFor(sender);
    }

    @Override
    @Nullable
    public Stored claim(int sender) {
        while (true) {
            Stored known = loaded.get(sender);
            if (known != null) {
                return known;
            }
            Entry entry = queue.claim(sender);
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
            if (queue.isClosed()) {
                return false; // no damage: the shutdown has closed the directory meanwhile
            }
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
        Entry other = queue.anotherFile(entry);
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
            if (queue.maySetAside(entry.size())) {
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
        queue.setAside(sender, entry, left);
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

    @Override
    public int remove(int sender) {
        loaded.remove(sender);
        boolean wasFull = queue.isFull();
        Entry removed = queue.remove(sender);
        if (removed == null) {
            return 0; // after a shutdown the files belong to the next process
        }
        SpoolPlace open = place;
        if (open != null && removed.isOnDisk()) {
            delete(open, removed);
        }
        if (wasFull) {
            wake.run(); // the batcher may write what is in memory
        }
        return removed.batch() == null ? 0 : removed.batch().held();
    }

    private void delete(SpoolPlace open, Entry delivered) {
        try {
            open.delete(delivered.file());
            queue.deleted(delivered);
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
            left = delivered.delivered(size);
        } catch (IOException | RuntimeException e) {
            fate = "it can't be marked as delivered either, so the next start sends it again if it still exists";
        }
        queue.notDeleted(delivered, left);
        observer.spoolProblem(SpoolProblem.NOT_DELETED, open + "/" + delivered.file(), words(why) + "; " + fate);
    }

    @Override
    public long linesBefore() {
        return queue.linesBefore();
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public boolean outlivesProcess() {
        return true;
    }

    @Override
    public boolean isDurable() {
        return writable && !isFull();
    }

    @Override
    public long bytesOnDisk() {
        return queue.bytes();
    }

    @Override
    public boolean isFull() {
        return queue.isFull();
    }

    @Override
    public long close(long nanos) {
        queue.close();
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
        loaded.clear();
        return queue.keepFiles();
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
        NotDeleted notDeleted = deleteAll(open, queue.undeleted());
        Exception failure = notDeleted == null ? null : notDeleted.why();
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
        for (Entry entry : queue.unwritten()) {
            Batch batch = entry.batch();
            if (batch == null) {
                continue;
            }
            try {
                persist(open, entry, batch);
            } catch (IOException | RuntimeException | Error e) {
                reportNotWritten(open, batch, e);
            }
        }
    }

    /** Writes a batch that is in memory only; returns false if the spool is full. */
    private boolean persist(SpoolPlace open, Entry entry, Batch batch) throws IOException {
        int size = write(open, entry.file(), batch);
        if (size == 0) {
            return false;
        }
        Entry onDisk = Entry.onDisk(entry.file(), size, batch);
        switch (queue.written(entry, onDisk)) {
            case RELEASED -> budget.release(batch.held());
            case DELIVERED -> delete(open, onDisk);
            case CLAIMED, CLOSED -> {}
        }
        return true;
    }

    @Override
    public boolean isClaimOnDisk(int sender) {
        return queue.isClaimOnDisk(sender);
    }
}
