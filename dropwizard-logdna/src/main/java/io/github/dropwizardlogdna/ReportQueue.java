package io.github.dropwizardlogdna;

import com.google.common.util.concurrent.Uninterruptibles;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Writes reports to where they may be stuck: an appender of the application, or a standard stream that nobody reads. One
 * thread writes them, in their order, so that neither the shipping threads nor a logging thread ever wait for it. It is
 * started for the first report and ends when there was none for a second.
 *
 * <p>The queue is bounded. What finds it full is not written, but counted, and the count is written when the rest has been.
 */
final class ReportQueue {

    /** About as many as three appenders can report in a minute. */
    static final int CAPACITY = 100;

    /** A write that takes longer is stuck; nothing waits for it any longer, nor for what is behind it. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final long IDLE_SECONDS = 1;

    private final ThreadPoolExecutor writer;
    private final LongConsumer skippedReports;
    private final AtomicLong skipped = new AtomicLong();

    /** Reports that are offered and not written yet. */
    private final AtomicInteger pending = new AtomicInteger();

    /** When the present write began, by {@link System#nanoTime}; meaningful while {@link #writing}. The writer's. */
    private volatile long writingSince;

    private volatile boolean writing;

    /**
     * Starts nothing.
     *
     * @param thread the name of the thread
     * @param skippedReports writes that so many reports were not written
     */
    ReportQueue(String thread, LongConsumer skippedReports) {
        this.skippedReports = skippedReports;
        writer = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(CAPACITY),
                work -> ShippingThread.of(thread, work));
        writer.allowCoreThreadTimeOut(true);
    }

    /**
     * Writes a report soon, or counts it if too many wait already. Any thread; does not wait.
     *
     * @return whether it will be written
     */
    boolean offer(Runnable report) {
        pending.incrementAndGet();
        try {
            writer.execute(() -> write(report));
            return true;
        } catch (RejectedExecutionException e) {
            pending.decrementAndGet();
            skipped.incrementAndGet();
            return false;
        } catch (OutOfMemoryError e) {
            // No more threads: a report of just that must not be lost, and little else is left to protect.
            write(report);
            return true;
        }
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
            // An appender of the application is broken, and it is what would show the report.
        } finally {
            writing = false;
            pending.decrementAndGet();
        }
    }

    /** Waits until all reports are written, or one of them is stuck. An interrupt does not end the wait. */
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
