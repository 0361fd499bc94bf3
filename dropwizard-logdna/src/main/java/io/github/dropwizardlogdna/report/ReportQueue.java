package io.github.dropwizardlogdna.report;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Writes reports to a sink that may block: the application's appenders, or a standard stream without a reader. One
 * thread writes them in order, so that shipping and logging threads never wait. The thread starts with the first report
 * and ends after a second without one.
 *
 * <p>The queue is bounded. A report that finds it full is counted, and the count is written after the queued reports.
 */
final class ReportQueue {

    /** About as many as three appenders can report in a minute. */
    static final int CAPACITY = 100;

    /** A write that takes longer counts as stuck: {@link #awaitWritten} stops waiting for it and for later reports. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final long IDLE_SECONDS = 1;

    private final ThreadPoolExecutor writer;
    private final LongConsumer skippedReports;
    private final AtomicLong skipped = new AtomicLong();

    /** Reports that were accepted and not written yet. */
    private final AtomicInteger pending = new AtomicInteger();

    /** The start of the current write, by {@link System#nanoTime}; valid while {@link #writing}. Set by the writer. */
    private volatile long writingSince;

    private volatile boolean writing;

    /**
     * Creates the queue without starting its thread.
     *
     * @param thread the name of the thread
     * @param skippedReports writes the number of reports that were not written
     */
    ReportQueue(String thread, LongConsumer skippedReports) {
        this(work -> ShippingThread.of(thread, work), skippedReports);
    }

    /** A seam for tests of a process that may start no more threads. */
    ReportQueue(ThreadFactory threads, LongConsumer skippedReports) {
        this.skippedReports = skippedReports;
        writer = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CAPACITY), threads);
        writer.allowCoreThreadTimeOut(true);
    }

    /**
     * Writes a report soon, or counts it if too many wait already, or the process may start no more threads. Any thread; does
     * not wait.
     *
     * @return whether it will be written
     */
    boolean offer(Runnable report) {
        try {
            return enqueue(report);
        } catch (OutOfMemoryError e) {
            skipped.incrementAndGet();
            return false;
        }
    }

    /**
     * Like {@link #offer}, but writes the report on the calling thread if the process may start no more threads, because that
     * may be what it reports, or no other report may follow. Waits for the sink in this case only.
     */
    void offerOrWrite(Runnable report) {
        try {
            enqueue(report);
        } catch (OutOfMemoryError e) {
            pending.incrementAndGet();
            write(report);
        }
    }

    /**
     * Returns false if too many reports wait.
     *
     * @throws OutOfMemoryError if the process may start no more threads
     */
    private boolean enqueue(Runnable report) {
        boolean accepted = false;
        pending.incrementAndGet();
        try {
            writer.execute(() -> write(report));
            accepted = true;
        } catch (RejectedExecutionException e) {
            skipped.incrementAndGet();
        } finally {
            if (!accepted) {
                pending.decrementAndGet();
            }
        }
        return accepted;
    }

    private void write(Runnable report) {
        writingSince = System.nanoTime();
        writing = true;
        try {
            report.run();
            long missing = writer.getQueue().isEmpty() ? skipped.getAndSet(0) : 0;
            if (missing > 0) {
                skippedReports.accept(missing);
            }
        } catch (RuntimeException | Error e) {
            // The appender that failed is the one that shows reports.
        } finally {
            writing = false;
            pending.decrementAndGet();
        }
    }

    /** Waits up to a second until all reports are written or one is stuck. An interrupt does not end the wait. */
    void awaitWritten() {
        long start = System.nanoTime();
        while (pending.get() > 0 && !isStuck() && System.nanoTime() - start < PATIENCE) {
            Uninterruptibles.sleepUninterruptibly(LOOK_AGAIN);
        }
    }

    private boolean isStuck() {
        return writing && System.nanoTime() - writingSince > PATIENCE;
    }
}
