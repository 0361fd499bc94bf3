package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import java.io.IOException;

/**
 * Adds a small batch to the newest file of a spool, instead of giving it a file of its own. Otherwise a service that logs
 * little would leave a file for each {@code flushInterval} of a long outage. Each would take an entry in memory and a block of
 * the disk, which no limit counts, and later a request.
 *
 * <p>The longer file is forced to the disk before it replaces the old one, whose lines may have been safe there for minutes.
 *
 * <p>Owned by the batcher.
 */
final class SpoolMerger {

    /** A file of this size is worth a request, and takes little memory for its size. */
    static final int SMALL = 32 * 1024;
    /** The largest body of a merged file before compression, in bytes. */
    private static final int LARGEST_BODY = 512 * 1024;
    /** So many batches wait before the newest one that no sender needs it soon. */
    static final int BATCHES_BEFORE = 2 * ShippingSettings.MAX_CONCURRENT_REQUESTS;

    private final SpoolSettings settings;
    private final LazySpoolPlace place;
    private final SpoolQueue queue;
    private final ShippingObserver observer;
    private final int largestBody;

    /** @param batchSize the size of a full batch before compression, in bytes */
    SpoolMerger(
            SpoolSettings settings, int batchSize, LazySpoolPlace place, SpoolQueue queue, ShippingObserver observer) {
        this.settings = settings;
        this.place = place;
        this.queue = queue;
        this.observer = observer;
        this.largestBody = Math.min(batchSize, LARGEST_BODY);
    }

    /** Returns whether the batch is in the newest file now. If not, nothing has changed. */
    boolean merge(Batch batch) {
        SpoolPlace open = place.ifOpen();
        boolean small = batch.held() <= SMALL && batch.uncompressed() <= largestBody / 2;
        if (open == null || !small) {
            return false;
        }
        Entry newest = queue.beginReplacement(BATCHES_BEFORE, SMALL);
        if (newest == null) {
            return false;
        }
        Entry replacement = null;
        try {
            Batch first = SpoolFile.decode(open.read(newest.file()), newest.since());
            if (first.lines() != newest.lines() || first.uncompressed() + batch.uncompressed() > largestBody) {
                return false;
            }
            Batch both = join(first, batch).at(newest.linesBefore());
            byte[] content = SpoolFile.encode(both, settings.origin().get());
            if (!queue.hasRoomFor(content.length)) { // while both files exist
                return false;
            }
            Entry written = Entry.onDisk(newest.file(), content.length, both);
            replace(open, newest.file(), content);
            replacement = written;
            return true;
        } catch (LinkageError e) {
            observer.internalError("the spool", e);
            return false;
        } catch (IOException | RuntimeException | Error e) {
            // Whoever uses the disk next reports what is wrong: the writer, at once, or the sender that reads the file.
            return false;
        } finally {
            queue.endReplacement(replacement);
        }
    }

    private static void replace(SpoolPlace open, String file, byte[] content) throws IOException {
        try {
            open.replace(file, content);
        } catch (IOException e) {
            // A network file system may do a rename and yet report a failure, because the answer was lost.
            if (open.sizeOf(file) != content.length) {
                throw e;
            }
        }
    }

    private static Batch join(Batch first, Batch second) {
        OpenBatch open = new OpenBatch(second.gzip());
        open.add(first);
        open.add(second);
        return open.close(first.since(), null);
    }
}
