package io.github.dropwizardlogdna.report;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Holds back the reports of a start until the application's other appenders exist to show them: Dropwizard builds
 * appenders one after another, and an appender may ship before the next one is there. Any thread.
 */
public final class EarlyReports {

    /** Without the bundle nothing marks the end of a start; after this time it is taken to be over. */
    private static final Duration LONGEST_START = Duration.ofSeconds(10);

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    /** Reports that only {@link #open} makes. */
    private final Queue<Runnable> waitingForEndOfStart = new ConcurrentLinkedQueue<>();

    private final long longestStart;
    private final long created = System.nanoTime();
    /** Reaches zero when reports no longer have to wait. */
    private final CountDownLatch startIsOver = new CountDownLatch(1);

    private final AtomicBoolean timerStarted = new AtomicBoolean();
    private volatile boolean open;

    public EarlyReports() {
        this(LONGEST_START);
    }

    EarlyReports(Duration longestStart) {
        this.longestStart = longestStart.toNanos();
    }

    /** Makes a report as soon as it can be shown, at the latest 10 seconds after the start. */
    public void whenShown(Runnable report) {
        waiting.add(report);
        if (startIsOver.getCount() == 0) {
            makeAll(waiting);
        } else if (timerStarted.compareAndSet(false, true)) {
            startTimer();
        }
    }

    private void startTimer() {
        try {
            ShippingThread.of("logdna-early-reports", this::awaitEndOfStart).start();
        } catch (OutOfMemoryError e) {
            timerStarted.set(false); // no more threads can be created now: the next report tries again
        }
    }

    private void awaitEndOfStart() {
        long left = longestStart - (System.nanoTime() - created);
        if (!Uninterruptibles.awaitUninterruptibly(startIsOver, left, TimeUnit.NANOSECONDS)) {
            waitNoMore();
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
        waitNoMore();
    }

    /** The application stops: makes the reports that wait, and later ones at once, because no other time follows. */
    public void waitNoMore() {
        startIsOver.countDown();
        makeAll(waiting);
    }

    private static void makeAll(Queue<Runnable> reports) {
        for (Runnable report = reports.poll(); report != null; report = reports.poll()) {
            report.run();
        }
    }
}
