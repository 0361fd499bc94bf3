package io.github.dropwizardlogdna.report;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Holds back the reports of a start until the application's other appenders exist to show them: Dropwizard builds
 * appenders one after another, and an appender may ship before the next one is there. Any thread.
 */
public final class EarlyReports {

    /** Without the bundle nothing marks the end of a start; after this time it is taken to be over. */
    private static final long LONGEST_START = TimeUnit.SECONDS.toNanos(10);

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    /** Reports that only {@link #open} makes. */
    private final Queue<Runnable> waitingForEndOfStart = new ConcurrentLinkedQueue<>();

    private final long created = System.nanoTime();
    private volatile boolean open;
    private volatile boolean waitsNoMore;

    /** Makes a report as soon as it can be shown; at the latest with the first report 10 seconds after the start. */
    public void whenShown(Runnable report) {
        waiting.add(report);
        if (open || waitsNoMore || System.nanoTime() - created > LONGEST_START) {
            makeAll(waiting);
        }
    }

    /** Makes a report after {@link #open}: never, if the application has no bundle. */
    public void whenOpen(Runnable report) {
        waitingForEndOfStart.add(report);
        if (open) {
            makeAll(waitingForEndOfStart);
        }
    }

    /** Logging is configured: makes all reports that wait, and later ones at once. */
    public void open() {
        open = true;
        makeAll(waitingForEndOfStart);
        makeAll(waiting);
    }

    /** The application stops: makes the reports that wait, and later ones at once, because no other time follows. */
    public void waitNoMore() {
        waitsNoMore = true;
        makeAll(waiting);
    }

    private static void makeAll(Queue<Runnable> reports) {
        for (Runnable report = reports.poll(); report != null; report = reports.poll()) {
            report.run();
        }
    }
}
