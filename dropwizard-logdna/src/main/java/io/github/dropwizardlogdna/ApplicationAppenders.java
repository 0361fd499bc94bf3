package io.github.dropwizardlogdna;

import ch.qos.logback.classic.LoggerContext;
import com.codahale.metrics.MetricRegistry;
import io.github.dropwizardlogdna.shipping.Shipper;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The logdna appenders of one start of an application: those of {@code logging}, of single loggers and of the request
 * log. They have one ending, and one budget of time for it.
 *
 * <p>Lives in the LoggerContext, whose reset at the next start of an application in this JVM forgets it.
 */
final class ApplicationAppenders {

    private static final String KEY = ApplicationAppenders.class.getName();
    private static final long LONGEST_START = TimeUnit.SECONDS.toNanos(10);

    private final List<LogDnaAppender<?>> appenders = new CopyOnWriteArrayList<>();
    private final AppenderMetrics metrics = new AppenderMetrics(appenders);
    private final Set<String> names = new HashSet<>();

    /** Descriptions of appenders, until there is somebody to tell them to. */
    private final List<String> descriptions = new CopyOnWriteArrayList<>();

    /** Reports of shipping threads, which are at work before all other appenders are there to show them. */
    private final Queue<Runnable> earlyReports = new ConcurrentLinkedQueue<>();

    private final long created = System.nanoTime();

    /** What each appender may hold, in bytes, by its name. */
    private final Map<String, Long> buffers = new ConcurrentHashMap<>();

    private final AtomicBoolean reportedLargeBuffers = new AtomicBoolean();

    private volatile boolean bound;

    /** Held while an ending waits, so that no two waits run at once and each knows what is left. */
    private final ReentrantLock ending = new ReentrantLock();

    /** What the waits of this ending have taken, in nanoseconds; guarded by {@link #ending}. */
    private long waited;

    private ApplicationAppenders() {}

    /** Those of the application that this context is configured for. */
    static ApplicationAppenders of(LoggerContext context) {
        Object existing = context.getObject(KEY);
        if (existing instanceof ApplicationAppenders appenders) {
            return appenders;
        }
        ApplicationAppenders fresh = new ApplicationAppenders();
        context.putObject(KEY, fresh);
        context.addTurboFilter(new OwnWorkFilter());
        return fresh;
    }

    /**
     * A name that no other appender of the application has: the given one, or that with a number.
     *
     * @param reserved whether the given one is for another appender, which is built later
     */
    String nameFor(String wanted, boolean reserved) {
        String name = reserved ? wanted + "-2" : wanted;
        for (int i = reserved ? 3 : 2; !names.add(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    AppenderMetrics metrics() {
        return metrics;
    }

    void add(LogDnaAppender<?> appender) {
        appenders.add(appender);
        EndOfProcess.comesFor(this);
    }

    /** How each of them stands now. */
    List<AppenderState> states() {
        return appenders.stream().map(AppenderState::of).toList();
    }

    /**
     * Sends what there is, of all appenders at once, and waits until it is settled or the {@code shutdownTimeout} of each
     * is over. An ending that comes meanwhile, or later, has its whole budget still.
     */
    void settle() {
        long start = System.nanoTime();
        List<LogDnaAppender<?>> flushed = List.copyOf(appenders);
        flushed.forEach(appender -> appender.shipper().flush(true));
        try {
            for (LogDnaAppender<?> appender : flushed) {
                long spent = System.nanoTime() - start;
                appender.shipper().settle(Math.max(0, appender.shutdownTimeout().toNanos() - spent));
            }
        } finally {
            // An ending that is on its way goes on; its other appenders wait for flushInterval at the most.
            flushed.forEach(appender -> appender.shipper().flush(false));
        }
    }

    /** An appender may hold so many bytes in memory. */
    void reserve(String appender, long bytes) {
        buffers.put(appender, bytes);
    }

    private void reportLargeBuffers() {
        long all = buffers.values().stream().mapToLong(Long::longValue).sum();
        long heap = Runtime.getRuntime().maxMemory();
        if (HeapShare.isTooLarge(all, heap) && reportedLargeBuffers.compareAndSet(false, true)) {
            Reporter.buffersTooLarge(buffers.size(), all, heap);
        }
    }

    /** Says, as soon as there are appenders that can show it, what an appender was built for. */
    void describe(String description) {
        if (bound) {
            Reporter.inform(description);
            reportLargeBuffers();
        } else {
            descriptions.add(description);
        }
    }

    /**
     * Makes a report once there are appenders that can show it: when the application is bound or, without the bundle,
     * with the first report after the time that a start takes. Any thread.
     */
    void whenShown(Runnable report) {
        earlyReports.add(report);
        if (bound || System.nanoTime() - created > LONGEST_START) {
            makeEarlyReports();
        }
    }

    private void makeEarlyReports() {
        for (Runnable report = earlyReports.poll(); report != null; report = earlyReports.poll()) {
            report.run();
        }
    }

    /** The application has a registry; its logging is configured. */
    void bind(MetricRegistry registry) {
        metrics.registerWith(registry);
        bound = true;
        descriptions.forEach(Reporter::inform);
        descriptions.clear();
        makeEarlyReports();
        reportLargeBuffers();
    }

    /** Waits, within the budget, until the lines that an appender has accepted so far are settled. */
    void drain(LogDnaAppender<?> appender) {
        ending.lock();
        List<LogDnaAppender<?>> flushed = List.copyOf(appenders);
        try {
            flushed.forEach(each -> each.shipper().flush(true));
            long start = System.nanoTime();
            appender.shipper().drain(allowance(appender));
            waited += System.nanoTime() - start;
        } finally {
            flushed.forEach(each -> each.shipper().flush(false));
            ending.unlock();
        }
    }

    /** Ends an appender, within the budget, and tells what is lost. */
    void stop(LogDnaAppender<?> appender) {
        ending.lock();
        List<LogDnaAppender<?>> flushed = List.copyOf(appenders);
        try {
            flushed.forEach(each -> each.shipper().flush(true));
            long start = System.nanoTime();
            long abandoned = appender.shipper().stop(allowance(appender));
            waited += System.nanoTime() - start;
            metrics.update();
            Shipper shipper = appender.shipper();
            makeEarlyReports();
            appender.reporter().ended(abandoned, shipper.state(), shipper.keptLines(), shipper.untoldDrops());
        } finally {
            flushed.forEach(each -> each.shipper().flush(false));
            ending.unlock();
        }
    }

    /** Ships what is logged from now on at once, without waiting for batches to fill or to be due. */
    void flushFromNowOn() {
        appenders.forEach(appender -> appender.shipper().flush(true));
    }

    private long allowance(LogDnaAppender<?> appender) {
        return Math.max(0, appender.shutdownTimeout().toNanos() - waited);
    }

    /** Nobody is to wait for room any more. */
    void waitNoMore() {
        appenders.forEach(appender -> appender.shipper().waitNoMore());
    }

    /** Ends all appenders that have not ended yet. */
    void stopAll() {
        for (LogDnaAppender<?> appender : appenders) {
            appender.stop();
        }
    }

    boolean haveAllStopped() {
        return appenders.stream().noneMatch(LogDnaAppender::isStarted);
    }
}
