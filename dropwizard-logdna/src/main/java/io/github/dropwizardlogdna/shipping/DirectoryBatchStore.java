package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Batches in the files of a {@link SpoolPlace}; in memory only those that the disk did not take. One queue over both, so
 * that the order stays, wherever a batch is.
 *
 * <p>The place is opened by the first {@link #maintain}, on the batcher's thread, and again with each batch and after a
 * while if that failed. Batches of earlier processes come first.
 *
 * <p>The lock guards the queue and the counters and is never held during input or output, which may hang. The batcher
 * writes files and deletes again what could not be deleted, the sender reads and deletes. At the end a thread of its own
 * does what is left, so that nobody waits for a disk that hangs.
 */
final class DirectoryBatchStore implements BatchStore {

    /** More files than anybody looks at. */
    private static final int MOST_SET_ASIDE = 100;
    /** What is set aside must not take the room of what is delivered. */
    private static final int SHARE_OF_SET_ASIDE = 4;

    private final SpoolSettings settings;
    private final ShippingObserver observer;
    private final Ledger ledger;
    private final LongSupplier nanoTime;
    private final Runnable wake;
    private final SpoolDirectory.Opener opener;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, like all down to {@code closed}. */
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** Delivered, and still there. */
    private final List<Entry> undeleted = new ArrayList<>();

    private long bytes;
    private long bytesSetAside;
    private int filesSetAside;
    private boolean full;
    private boolean closed;

    /** Whether the last write succeeded. */
    private volatile boolean writable = true;

    /** Set by the batcher when it opens the place, before there is an entry that needs it. */
    @Nullable
    private volatile SpoolPlace place;

    /** Owned by the batcher, like the two below. */
    private long sequence;

    private final Backoff opening = new Backoff();
    private final Backoff deleting = new Backoff();

    /** The head's batch, so that it is read once. Owned by the sender. */
    @Nullable
    private Stored loaded;

    DirectoryBatchStore(
            SpoolSettings settings,
            ShippingObserver observer,
            Ledger ledger,
            LongSupplier nanoTime,
            Runnable wake,
            SpoolDirectory.Opener opener) {
        this.settings = settings;
        this.observer = observer;
        this.ledger = ledger;
        this.nanoTime = nanoTime;
        this.wake = wake;
        this.opener = opener;
    }

    /** A batch in a file or, if that was not possible, in memory; its place in the order is the same. */
    private record Entry(
            String file,
            long size,
            int lines,
            boolean recovered,
            @Nullable Batch batch) {}

    /** When to try again what has failed. */
    private static final class Backoff {

        private static final long FIRST = TimeUnit.SECONDS.toNanos(1);
        private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);

        private long delay;
        private long next;

        boolean isDue(long now) {
            return delay == 0 || now - next >= 0;
        }

        void failed(long now) {
            delay = delay == 0 ? FIRST : Math.min(LONGEST, 2 * delay);
            next = now + delay;
        }

        void succeeded() {
            delay = 0;
        }

        long left(long now) {
            return Math.max(1, next - now);
        }
    }

    @Override
    public long maintain(long now) {
        long untilOpened = place == null ? tryToOpen(now) : Signal.FOREVER;
        return Math.min(untilOpened, tryToDelete(now));
    }

    private long tryToOpen(long now) {
        if (opening.isDue(now)) {
            try {
                place();
                return Signal.FOREVER;
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
            return Signal.FOREVER;
        }
        if (deleting.isDue(now)) {
            Exception failure = deleteAll(open, left);
            if (failure == null) {
                deleting.succeeded();
                return Signal.FOREVER;
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

    /** Returns why one could not be deleted; null if all were. */
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
        Entry inMemory = new Entry(name, 0, batch.lines(), false, batch);
        SpoolPlace open = null;
        int size = 0;
        try {
            if (isClosed()) {
                return inMemory; // the batcher comes late: the place is no longer this process's
            }
            open = place();
            byte[] content = SpoolFile.encode(batch, settings.origin().get());
            size = content.length;
            if (!hasRoomFor(size)) {
                return inMemory;
            }
            open.write(name, content);
            writable = true;
            return new Entry(name, size, batch.lines(), false, null);
        } catch (IOException | RuntimeException | Error e) {
            // Even if memory was too short for the copy: the batch itself is there already.
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
        if (open != null && why instanceof IOException failure && isForWantOfSpace(open, size, failure)) {
            observer.spoolProblem(SpoolProblem.DISK_FULL, open.toString(), words(why));
        } else {
            reportUnwritable(open == null ? settings.directory().toString() : open.toString(), why);
        }
    }

    private void reportUnwritable(String where, Throwable why) {
        observer.spoolProblem(SpoolProblem.UNWRITABLE, where, words(why));
    }

    private static boolean isForWantOfSpace(SpoolPlace open, int size, IOException failure) {
        String reason = failure instanceof FileSystemException more && more.getReason() != null
                ? more.getReason()
                : String.valueOf(failure.getMessage());
        try {
            return reason.contains("No space left") || reason.contains("quota") || open.lacksSpaceFor(size);
        } catch (IOException | RuntimeException e) {
            return false; // then it is more than that
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
            recovered.add(new Entry(name, open.sizeOf(name), 0, true, null));
        }
        long aside = 0;
        List<String> asideNames = open.setAside();
        for (String name : asideNames) {
            aside += open.sizeOf(name);
        }
        lock.lock();
        try {
            // Behind what had to stay in memory before the place could be opened: the sender may be at work on that.
            entries.addAll(recovered);
            // What is set aside or foreign must not switch the spool off, however much of it there is.
            bytesSetAside = Math.min(aside + open.findings().foreignBytes, mostBytesSetAside());
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

    private long mostBytesSetAside() {
        return settings.maxSize() / SHARE_OF_SET_ASIDE;
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
            return closed ? null : entries.peekFirst();
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
            byte[] content = open.read(entry.file());
            if (SpoolPlace.isMarkedDelivered(content)) {
                removeHead();
                return;
            }
            Batch batch = SpoolFile.decode(content, nanoTime.getAsLong());
            loaded = new Stored(batch, true, entry.recovered());
        } catch (IOException | RuntimeException e) {
            setAside(open, entry, e);
        }
    }

    /** The file stays for a person to look at, and its bytes go on counting; the others follow. */
    private void setAside(SpoolPlace open, Entry entry, Exception why) {
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
            // It is gone, or can't be moved: either way it is not looked at again.
            fate = "left where it is";
            left = sizeOf(open, entry);
        }
        lock.lock();
        try {
            entries.removeFirst();
            bytes += left - entry.size();
            bytesSetAside += left;
            filesSetAside += left > 0 ? 1 : 0;
        } finally {
            lock.unlock();
        }
        ledger.lost(DropReason.FAILED, entry.lines()); // of an earlier process's file it is not known how many
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
            return filesSetAside < MOST_SET_ASIDE && bytesSetAside + size <= mostBytesSetAside();
        } finally {
            lock.unlock();
        }
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
            // Whatever it was: the batch is off the queue, and the sender has to learn what that frees.
            keepUndeleted(open, delivered, e);
            wake.run(); // the batcher tries again
        }
    }

    private void keepUndeleted(SpoolPlace open, Entry delivered, Throwable why) {
        String fate = "it is marked as delivered";
        Entry left = delivered;
        try {
            long size = open.markDelivered(delivered.file());
            left = new Entry(delivered.file(), size, delivered.lines(), delivered.recovered(), null);
        } catch (IOException | RuntimeException e) {
            fate = "it can't be marked as delivered either, so that the next start sends it again if it is still there";
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
        letGoOfMemory();
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

    /** The last use of the disk, on a thread of its own. */
    private void end(SpoolPlace open) {
        persistWhatIsInMemory(open);
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

    private void persistWhatIsInMemory(SpoolPlace open) {
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
            Entry onDisk = new Entry(entry.file(), content.length, entry.lines(), false, null);
            lock.lock();
            try {
                // Gone if nobody waits for it any more: its lines are counted as lost, and arrive with the next start.
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

    private void letGoOfMemory() {
        loaded = null;
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
