package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Writes batches to files. What can't be written stays in memory, and writing it is retried: one batch in each call, so that
 * new lines need not wait for all.
 *
 * <p>Owned by the batcher. At a shutdown, {@link #writeAll} runs on a separate thread while the batcher may still hang in a
 * write. So {@code writeAll} leaves out the batch that is underway, and uses no field that changes.
 */
final class SpoolWriter {

    private final SpoolSettings settings;
    private final LazySpoolPlace place;
    private final SpoolQueue queue;
    private final DeliveredFiles delivered;
    private final ShippingObserver observer;
    private final Budget budget;
    private final LongSupplier nanoTime;

    private final Backoff backoff = new Backoff();
    private long sequence;
    /** Whether the last write succeeded, or the next one may. */
    private boolean writable = true;

    SpoolWriter(
            SpoolSettings settings,
            LazySpoolPlace place,
            SpoolQueue queue,
            DeliveredFiles delivered,
            ShippingObserver observer,
            Budget budget,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.place = place;
        this.queue = queue;
        this.delivered = delivered;
        this.observer = observer;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    boolean isWritable() {
        return writable;
    }

    /** Writes a new batch. Never fails: the batch is in a file afterwards, or still in memory. */
    Entry write(Batch batch) {
        String name = String.format(Locale.ROOT, "%s_%016d%s", settings.place(), ++sequence, SpoolPlace.BATCH);
        Entry inMemory = Entry.inMemory(name, batch);
        try {
            if (queue.isClosed()) {
                return inMemory; // after a shutdown the place no longer belongs to this process
            }
            int size = write(place.get(), name, batch);
            if (size == 0) {
                return inMemory;
            }
            written();
            return Entry.onDisk(name, size, batch);
        } catch (IOException | RuntimeException | Error e) {
            // Also if memory was too short for the copy: the batch itself exists already.
            notWritten(batch, e);
            return inMemory;
        }
    }

    /** Writes the oldest batch that is in memory only. Returns the nanoseconds until the next attempt. */
    long maintain(long now) {
        SpoolPlace open = place.ifOpen();
        if (open == null) {
            return WakeSignal.FOREVER;
        }
        if (!writable && !backoff.isDue(now)) {
            return backoff.left(now);
        }
        Entry entry = queue.beginWrite();
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
            notWritten(batch, e);
            return backoff.left(now);
        } finally {
            queue.endWrite();
        }
    }

    private void written() {
        writable = true;
        backoff.succeeded();
    }

    private void notWritten(Batch batch, Throwable why) {
        backoff.failed(nanoTime.getAsLong());
        writable = false;
        report(batch, why);
    }

    /** Writes all batches that are in memory only. A batch that can't be written is reported. */
    void writeAll(SpoolPlace open) {
        for (Entry entry : queue.unwritten()) {
            Batch batch = entry.batch();
            if (batch == null) {
                continue;
            }
            try {
                persist(open, entry, batch);
            } catch (IOException | RuntimeException | Error e) {
                report(batch, e);
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
            case DELIVERED -> delivered.delete(open, onDisk);
            case CLAIMED, CLOSED -> {}
        }
        return true;
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

    private void report(Batch batch, Throwable why) {
        if (why instanceof LinkageError) {
            observer.internalError("the spool", why);
            return;
        }
        SpoolProblem problem =
                isOutOfSpace(place.ifOpen(), batch, why) ? SpoolProblem.DISK_FULL : SpoolProblem.UNWRITABLE;
        observer.spoolProblem(problem, place.toString(), SpoolProblem.words(why));
    }

    private static boolean isOutOfSpace(@Nullable SpoolPlace open, Batch batch, Throwable why) {
        if (open == null || !(why instanceof IOException)) {
            return false;
        }
        String reason = why instanceof FileSystemException more && more.getReason() != null
                ? more.getReason()
                : String.valueOf(why.getMessage());
        try {
            return reason.contains("No space left")
                    || reason.contains("quota")
                    || open.lacksSpaceFor(batch.body().length);
        } catch (IOException | RuntimeException e) {
            return false; // the disk has another problem
        }
    }
}
