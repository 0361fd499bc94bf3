package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.shipping.SpoolQueue.Entry;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The place of a spool, opened when it is first needed, so that no disk delays or fails a start. The first success queues the
 * batches of earlier processes; they precede those that are added later.
 *
 * <p>Owned by the batcher. Other threads call {@link #ifOpen} and {@link #toString} only.
 */
final class LazySpoolPlace {

    private final SpoolSettings settings;
    private final SpoolDirectory.Opener opener;
    private final SpoolQueue queue;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;
    private final Runnable wake;

    private final Backoff backoff = new Backoff();

    @Nullable
    private volatile SpoolPlace place;

    LazySpoolPlace(
            SpoolSettings settings,
            SpoolDirectory.Opener opener,
            SpoolQueue queue,
            ShippingObserver observer,
            LongSupplier nanoTime,
            Runnable wake) {
        this.settings = settings;
        this.opener = opener;
        this.queue = queue;
        this.observer = observer;
        this.nanoTime = nanoTime;
        this.wake = wake;
    }

    /** Null until it could be opened. Set before the queue has an entry on disk. */
    @Nullable
    SpoolPlace ifOpen() {
        return place;
    }

    /** Opens the place unless it is open. A failure is not reported. */
    SpoolPlace get() throws IOException {
        SpoolPlace open = place;
        return open == null ? open() : open;
    }

    private SpoolPlace open() throws IOException {
        SpoolPlace open = null;
        try {
            open = SpoolPlace.open(opener, settings.directory(), settings.place());
            place = open;
            if (queue.isClosed()) { // looked up after the place is set: the shutdown closes the queue first
                throw new IOException("the directory could not be opened before the shutdown");
            }
            queueRecovered(open);
            return open;
        } catch (IOException | RuntimeException | Error e) {
            backoff.failed(nanoTime.getAsLong());
            place = null; // nothing was queued
            if (open != null) {
                open.close();
            }
            throw e;
        }
    }

    /** Opens the place if that is due. Returns the nanoseconds until the next attempt. */
    long maintain(long now) {
        if (place != null) {
            return WakeSignal.FOREVER;
        }
        if (backoff.isDue(now)) {
            try {
                open();
                return WakeSignal.FOREVER;
            } catch (LinkageError e) {
                observer.internalError("the spool", e);
            } catch (IOException | RuntimeException | Error e) {
                observer.spoolProblem(SpoolProblem.UNWRITABLE, toString(), SpoolProblem.words(e));
            }
        }
        return backoff.left(now);
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

    /** The place, or the configured directory while there is none. */
    @Override
    public String toString() {
        SpoolPlace open = place;
        return open == null ? settings.directory().toString() : open.toString();
    }
}
