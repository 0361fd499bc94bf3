package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import io.github.dropwizardlogdna.shipping.SpoolQueue.Removed;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.List;

/**
 * Deletes the files of delivered batches. One that can't be deleted is marked, so that the next start does not deliver it
 * again, and deleting it is retried.
 *
 * <p>A sender deletes what it has delivered; the batcher deletes what was delivered while it was written, and retries; a
 * shutdown tries once more.
 */
final class DeliveredFiles {

    private final LazySpoolPlace place;
    private final SpoolQueue queue;
    private final ShippingObserver observer;
    private final Runnable wake;

    /** Owned by the batcher. */
    private final Backoff backoff = new Backoff();

    DeliveredFiles(LazySpoolPlace place, SpoolQueue queue, ShippingObserver observer, Runnable wake) {
        this.place = place;
        this.queue = queue;
        this.observer = observer;
        this.wake = wake;
    }

    /** A file that could not be deleted. */
    record NotDeleted(String file, Exception why) {}

    /**
     * Removes the batch that a sender has claimed from the queue, and its file from the disk. Returns null if the queue is
     * closed: after a shutdown the files belong to the next process.
     */
    @Nullable
    Entry remove(int sender) {
        Removed removed = queue.remove(sender);
        if (removed == null) {
            return null;
        }
        Entry entry = removed.entry();
        SpoolPlace open = place.ifOpen();
        if (open != null && entry.isOnDisk()) {
            delete(open, entry);
        }
        if (removed.wasFull()) {
            wake.run();
        }
        return entry;
    }

    /** Deletes the file of a batch that has left the queue. */
    void delete(SpoolPlace open, Entry delivered) {
        try {
            open.delete(delivered.file());
            if (queue.deleted(delivered)) {
                wake.run(); // the batcher may write what is in memory
            }
        } catch (IOException | RuntimeException | Error e) {
            // Any error: the batch has left the queue, and the sender must learn how much memory that frees.
            keep(open, delivered, e);
            wake.run(); // the batcher retries
        }
    }

    private void keep(SpoolPlace open, Entry delivered, Throwable why) {
        String fate = "it is marked as delivered";
        Entry left = delivered;
        try {
            long size = open.markDelivered(delivered.file());
            left = delivered.delivered(size);
        } catch (IOException | RuntimeException e) {
            fate = "it can't be marked as delivered either, so the next start sends it again if it still exists";
        }
        queue.notDeleted(delivered, left);
        observer.spoolProblem(
                SpoolProblem.NOT_DELETED, open + "/" + delivered.file(), SpoolProblem.words(why) + "; " + fate);
    }

    /** Retries if that is due. Returns the nanoseconds until the next attempt. Batcher only. */
    long maintain(long now) {
        SpoolPlace open = place.ifOpen();
        if (open == null || queue.undeleted().isEmpty()) {
            return WakeSignal.FOREVER;
        }
        if (backoff.isDue(now)) {
            boolean wasFull = queue.isFull();
            NotDeleted failure = deleteAll(open);
            if (failure == null) {
                backoff.succeeded();
                return wasFull ? 0 : WakeSignal.FOREVER; // the writer may have found it full in this step
            }
            backoff.failed(now);
            observer.spoolProblem(
                    SpoolProblem.NOT_DELETED, open + "/" + failure.file(), SpoolProblem.words(failure.why()));
        }
        return backoff.left(now);
    }

    /** Retries once for each file. Returns the first that can't be deleted; null if there is none. */
    @Nullable
    NotDeleted deleteAll(SpoolPlace open) {
        List<Entry> files = queue.undeleted();
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
}
