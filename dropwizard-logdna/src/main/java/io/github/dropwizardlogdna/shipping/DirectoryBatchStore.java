package io.github.dropwizardlogdna.shipping;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps batches in the files of a {@link SpoolPlace}, or in memory while they can't be written. One {@link SpoolQueue} holds
 * both kinds, which keeps their order.
 *
 * <pre>
 *  batcher ── LazySpoolPlace   opens the place, queues the batches of earlier processes
 *          ── SpoolMerger      adds small batches to the newest file
 *          ── SpoolWriter      writes batches to files, later those that stayed in memory
 *          ── DeliveredFiles   retries deletions
 *          ── SpoolReader      ends a pause after a file that could not be read
 *  senders ── SpoolReader      read claimed batches, set damaged files aside
 *          ── DeliveredFiles   delete what was delivered
 * </pre>
 *
 * They meet in the queue, which does no input or output. A separate thread does the last writes at a shutdown, so that no
 * thread waits for a disk that hangs.
 */
final class DirectoryBatchStore implements BatchStore {

    private final ShippingObserver observer;
    private final SpoolQueue queue;
    private final LazySpoolPlace place;
    private final DeliveredFiles delivered;
    private final SpoolWriter writer;
    private final SpoolMerger merger;
    private final SpoolReader reader;

    DirectoryBatchStore(
            SpoolSettings settings,
            int batchSize,
            ShippingObserver observer,
            Counters counters,
            Budget budget,
            LongSupplier nanoTime,
            Runnable wake,
            SpoolDirectory.Opener opener) {
        this.observer = observer;
        this.queue = new SpoolQueue(settings.maxSize());
        this.place = new LazySpoolPlace(settings, opener, queue, observer, nanoTime, wake);
        this.delivered = new DeliveredFiles(place, queue, observer, wake);
        this.writer = new SpoolWriter(settings, place, queue, delivered, observer, budget, nanoTime);
        this.merger = new SpoolMerger(settings, batchSize, place, queue, observer);
        this.reader = new SpoolReader(place, queue, delivered, observer, counters, nanoTime, wake);
    }

    @Override
    public long maintain(long now) {
        long untilOpened = place.maintain(now);
        long untilWritten = writer.maintain(now);
        long untilDeleted = delivered.maintain(now);
        long untilRead = reader.resume(now);
        return Math.min(Math.min(untilOpened, untilWritten), Math.min(untilDeleted, untilRead));
    }

    @Override
    public int add(Batch batch) {
        return merger.merge(batch) ? 0 : addAtOnce(batch);
    }

    @Override
    public int addAtOnce(Batch batch) {
        Entry entry = writer.write(batch);
        queue.add(entry);
        return entry.batch() == null ? 0 : batch.held();
    }

    @Override
    public boolean hasBatchFor(int sender) {
        return !reader.isPaused() && queue.hasBatchFor(sender);
    }

    @Override
    @Nullable
    public Stored claim(int sender) {
        return reader.claim(sender);
    }

    @Override
    public int remove(int sender) {
        reader.forget(sender);
        Entry removed = delivered.remove(sender);
        return removed == null || removed.batch() == null ? 0 : removed.batch().held();
    }

    @Override
    public boolean isClaimOnDisk(int sender) {
        return queue.isClaimOnDisk(sender);
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
        return writer.isWritable() && !isFull();
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
        SpoolPlace open = place.ifOpen();
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
                // Not longer, whether or not it is done: the disk may hang.
                boolean unused = Uninterruptibles.awaitUninterruptibly(done, nanos, TimeUnit.NANOSECONDS);
            } catch (OutOfMemoryError e) {
                end(open); // the process may have no more threads
            }
        }
        reader.forgetAll();
        return queue.keepFiles();
    }

    /** The last use of the disk, on a separate thread. */
    private void end(SpoolPlace open) {
        writer.writeAll(open);
        DeliveredFiles.NotDeleted notDeleted = delivered.deleteAll(open);
        Exception failure = notDeleted == null ? null : notDeleted.why();
        try {
            open.close();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        if (failure != null) {
            observer.spoolProblem(SpoolProblem.UNWRITABLE, open.toString(), SpoolProblem.words(failure));
        }
    }
}
