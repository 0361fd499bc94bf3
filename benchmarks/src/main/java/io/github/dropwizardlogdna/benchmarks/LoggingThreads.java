package io.github.dropwizardlogdna.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * The application: threads that log under a load, and are timed. At a fixed rate each line has a due time, a thread that
 * is late catches up, and each call is timed. Flat out one call in 16 is timed, because reading the clock costs a tenth of
 * a call.
 */
public final class LoggingThreads {

    private static final int TIMED_FLAT_OUT = 16;

    /**
     * What was logged, and what it cost.
     *
     * @param lines that were logged
     * @param nanos from the first call to the end of the last
     * @param bytes that the threads allocated while they logged
     * @param latencies of the calls, in nanoseconds
     */
    public record Result(long lines, long nanos, long bytes, Histogram latencies) {}

    private final Load load;
    private final CountDownLatch begin = new CountDownLatch(1);
    private final AtomicLong lines = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    private LoggingThreads(Load load) {
        this.load = load;
    }

    /** Logs, and returns when all have finished. */
    public static Result log(Load load, IntFunction<Traffic> traffic) throws InterruptedException {
        return new LoggingThreads(load).log(traffic);
    }

    private Result log(IntFunction<Traffic> traffic) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < load.threads(); i++) {
            Histogram histogram = new Histogram(3);
            histograms.add(histogram);
            Traffic share = traffic.apply(i);
            // Spread over the interval, so that the threads take turns.
            long offset = load.interval() / load.threads() * i;
            Thread thread = new Thread(() -> log(share, histogram, offset), "dw-" + (i + 20) + " - POST /orders");
            thread.start();
            threads.add(thread);
        }
        long start = System.nanoTime();
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        long nanos = System.nanoTime() - start;
        Histogram all = new Histogram(3);
        histograms.forEach(all::add);
        return new Result(lines.get(), nanos, bytes.get(), all);
    }

    private void log(Traffic traffic, Histogram histogram, long offset) {
        try {
            begin.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        long before = Cpu.allocatedByThisThread();
        long logged = load.isFlatOut() ? logFlatOut(traffic, histogram) : logAtRate(traffic, histogram, offset);
        bytes.addAndGet(Cpu.allocatedByThisThread() - before);
        lines.addAndGet(logged);
    }

    private long logFlatOut(Traffic traffic, Histogram histogram) {
        long end = System.nanoTime() + load.nanos();
        long logged = 0;
        while (true) {
            for (int i = 1; i < TIMED_FLAT_OUT; i++) {
                traffic.beforeNext();
                traffic.log();
            }
            traffic.beforeNext();
            long before = System.nanoTime();
            traffic.log();
            long after = System.nanoTime();
            histogram.recordValue(after - before);
            logged += TIMED_FLAT_OUT;
            if (after - end >= 0) {
                return logged;
            }
        }
    }

    private long logAtRate(Traffic traffic, Histogram histogram, long offset) {
        long interval = load.interval();
        long due = System.nanoTime() + offset;
        long end = due + load.nanos();
        long logged = 0;
        for (; due - end < 0; due += interval) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            traffic.beforeNext();
            long before = System.nanoTime();
            traffic.log();
            histogram.recordValue(System.nanoTime() - before);
            logged++;
        }
        return logged;
    }
}
