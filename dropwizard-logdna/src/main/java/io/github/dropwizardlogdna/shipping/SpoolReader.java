package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.shipping.BatchStore.Stored;
import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The batches that senders have claimed, read from their files where they are not in memory. A file that can't be read now is
 * read again after a pause. One that is no complete batch is set aside, so that the others follow.
 *
 * <p>Each sender calls for its own claim, the batcher calls {@link #resume}, and any thread {@link #isPaused}.
 */
final class SpoolReader {

    /** Attempts to read a file, in half a minute, before another file shows whether only this one can't be read. */
    private static final int READ_ATTEMPTS = 6;

    private final LazySpoolPlace place;
    private final SpoolQueue queue;
    private final DeliveredFiles delivered;
    private final ShippingObserver observer;
    private final Counters counters;
    private final LongSupplier nanoTime;
    private final Runnable wake;

    private final UnreadableFiles unreadable;

    /** By the number of the sender, so that each file is read only once. */
    private final Map<Integer, Stored> claimed = new ConcurrentHashMap<>();

    SpoolReader(
            LazySpoolPlace place,
            SpoolQueue queue,
            DeliveredFiles delivered,
            ShippingObserver observer,
            Counters counters,
            LongSupplier nanoTime,
            Runnable wake) {
        this.place = place;
        this.queue = queue;
        this.delivered = delivered;
        this.observer = observer;
        this.counters = counters;
        this.nanoTime = nanoTime;
        this.wake = wake;
        this.unreadable = new UnreadableFiles(wake);
    }

    /** Whether no file is read now, because one could not be. */
    boolean isPaused() {
        return unreadable.isPaused();
    }

    /** Ends a pause that is over. Returns the nanoseconds until the end of the pause. */
    long resume(long now) {
        return unreadable.resume(now);
    }

    /** The batch that this sender has claimed, or claims now; null if there is none, or it can't be read now. */
    @Nullable
    Stored claim(int sender) {
        while (true) {
            Stored known = claimed.get(sender);
            if (known != null) {
                return known;
            }
            Entry entry = queue.claim(sender);
            if (entry == null) {
                return null;
            }
            Batch inMemory = entry.batch();
            if (inMemory != null) {
                claimed.put(sender, new Stored(inMemory, false, false));
            } else if (!load(sender, entry)) {
                return null;
            }
        }
    }

    /** The batch of this claim is settled. */
    void forget(int sender) {
        claimed.remove(sender);
    }

    void forgetAll() {
        claimed.clear();
    }

    /** Loads the batch of a file, or removes the file if it holds none; returns false if it can't be read now. */
    private boolean load(int sender, Entry entry) {
        SpoolPlace open = place.ifOpen();
        if (open == null) {
            throw new IllegalStateException("there is a file, but no place");
        }
        try {
            byte[] content = read(open, entry);
            if (content == null) {
                return false;
            }
            if (SpoolPlace.isMarkedDelivered(content)) {
                delivered.remove(sender);
            } else {
                // Only this process has the clock that tells how old its own lines are.
                long since = entry.recovered() ? nanoTime.getAsLong() : entry.since();
                Batch batch = SpoolFile.decode(content, since);
                claimed.put(sender, new Stored(batch, true, entry.recovered()));
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
            unreadable.done(entry.file());
            return content;
        } catch (SpoolPlace.NotABatchException | NoSuchFileException e) {
            unreadable.done(entry.file());
            throw e;
        } catch (IOException e) {
            // The process may have too many open files, or the disk may fail briefly: the file is not damaged.
            if (unreadable.failed(entry.file(), nanoTime.getAsLong()) >= READ_ATTEMPTS && canReadAnother(open, entry)) {
                unreadable.done(entry.file()); // it is set aside, so that the others follow
                throw e;
            }
            observer.spoolProblem(SpoolProblem.UNREADABLE, open + "/" + entry.file(), SpoolProblem.words(e));
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

    /** Keeps a damaged file for a human to look at. Its bytes still count. */
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
        if (queue.setAside(sender, entry, left)) {
            wake.run(); // the batcher may write what is in memory
        }
        counters.lost(DropReason.FAILED, entry.lines()); // unknown, so zero, for a file of an earlier process
        observer.spoolProblem(
                SpoolProblem.DAMAGED, open + "/" + entry.file(), SpoolProblem.words(why) + "; it was " + fate);
    }

    private static long sizeOf(SpoolPlace open, Entry entry) {
        try {
            return open.sizeOf(entry.file());
        } catch (IOException | RuntimeException e) {
            return entry.size();
        }
    }
}
