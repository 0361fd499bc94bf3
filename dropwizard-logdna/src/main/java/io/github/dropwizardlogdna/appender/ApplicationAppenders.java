package io.github.dropwizardlogdna.appender;

import ch.qos.logback.classic.LoggerContext;
import com.codahale.metrics.MetricRegistry;
import io.github.dropwizardlogdna.report.AppenderMetrics;
import io.github.dropwizardlogdna.report.AppenderState;
import io.github.dropwizardlogdna.report.EarlyReports;
import io.github.dropwizardlogdna.report.Message;
import io.github.dropwizardlogdna.report.ReportLog;
import io.github.dropwizardlogdna.shipping.Shipper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The logdna appenders of one start of an application: those of {@code logging}, of single loggers and of the request
 * log. They share one shutdown and the time that it may wait.
 *
 * <p>An instance lives in the LoggerContext, whose reset at the next start of an application in this JVM removes it.
 * Appenders are built by one thread; all other methods may be called by any thread.
 */
public final class ApplicationAppenders implements AppenderGroup, ShutdownHook.Participant {

    private static final String KEY = ApplicationAppenders.class.getName();

    private final List<ShippingAppender> appenders = new CopyOnWriteArrayList<>();
    private final AppenderMetrics metrics = new AppenderMetrics();
    private final EarlyReports earlyReports = new EarlyReports();

    private final AppenderNames names = new AppenderNames();

    /** The buffer size of each appender in bytes, by its name. */
    private final Map<String, Long> bufferSizes = new ConcurrentHashMap<>();

    /** The sum of the sizes that was reported as too large; zero if none was. */
    private final AtomicLong largeBuffersReported = new AtomicLong();

    /** Held while a shutdown waits, so that waits run one after another and each knows the time that is left. */
    private final ReentrantLock shutdown = new ReentrantLock();

    /** The time that this shutdown has waited, in nanoseconds; guarded by {@link #shutdown}. */
    private long waited;

    private ApplicationAppenders() {}

    /** Returns the appenders of the application that this context is configured for. */
    public static ApplicationAppenders of(LoggerContext context) {
        Object existing = context.getObject(KEY);
        if (existing instanceof ApplicationAppenders appenders) {
            return appenders;
        }
        ApplicationAppenders fresh = new ApplicationAppenders();
        context.putObject(KEY, fresh);
        context.addTurboFilter(new ShippingThreadFilter());
        return fresh;
    }

    /** The names of the appenders, for the thread that builds them. */
    public AppenderNames names() {
        return names;
    }

    AppenderMetrics metrics() {
        return metrics;
    }

    EarlyReports earlyReports() {
        return earlyReports;
    }

    /** Logs, once the bundle has bound the application, the configuration of an appender. */
    public void describe(Message message, Object... values) {
        earlyReports.whenOpen(() -> {
            ReportLog.log(message, values);
            reportLargeBuffers();
        });
    }

    /** Records the bytes that an appender may hold in memory. */
    void reserve(String appender, long bytes) {
        bufferSizes.put(appender, bytes);
    }

    private void reportLargeBuffers() {
        long all = bufferSizes.values().stream().mapToLong(Long::longValue).sum();
        long heap = Runtime.getRuntime().maxMemory();
        if (HeapShare.isTooLarge(all, heap) && largeBuffersReported.getAndAccumulate(all, Math::max) < all) {
            int count = bufferSizes.size();
            ReportLog.log(
                    Message.BUFFERS_TOO_LARGE,
                    count == 1 ? "The buffer of 1 appender" : "The buffers of " + count + " appenders",
                    HeapShare.inMebibytes(all),
                    HeapShare.inMebibytes(heap));
        }
    }

    /** Binds the appenders to the application: logging is configured, and metrics have a registry. */
    public void bind(MetricRegistry registry) {
        metrics.registerWith(registry);
        earlyReports.open();
    }

    /** The state of each appender. */
    public List<AppenderState> states() {
        return appenders.stream().map(AppenderState::of).toList();
    }

    @Override
    public void add(ShippingAppender appender) {
        appenders.add(appender);
        metrics.add(appender);
        ShutdownHook.ofThisJvm().register(this);
    }

    /**
     * Sends all buffered lines of all appenders and waits until they are settled, up to the {@code shutdownTimeout} of
     * each. Takes nothing from the time of a shutdown.
     */
    public void flush() {
        long start = System.nanoTime();
        whileFlushing(flushed -> {
            for (ShippingAppender appender : flushed) {
                long spent = System.nanoTime() - start;
                appender.shipper().settle(Math.max(0, appender.shutdownTimeout().toNanos() - spent));
            }
        });
    }

    /** All appenders send their lines at once while the others are waited for. */
    private void whileFlushing(Consumer<List<ShippingAppender>> work) {
        List<ShippingAppender> flushed = List.copyOf(appenders);
        flushed.forEach(appender -> appender.shipper().flush(true));
        try {
            work.accept(flushed);
        } finally {
            flushed.forEach(appender -> appender.shipper().flush(false));
        }
    }

    @Override
    public void drain(ShippingAppender appender) {
        releaseBlocked(); // the application ends: threads that wait for room would keep the JVM from it
        shutdown.lock();
        try {
            whileFlushing(all -> {
                long start = System.nanoTime();
                appender.shipper().drain(timeLeft(appender));
                waited += System.nanoTime() - start;
            });
        } finally {
            shutdown.unlock();
        }
    }

    @Override
    public void stop(ShippingAppender appender) {
        shutdown.lock();
        try {
            whileFlushing(all -> {
                long start = System.nanoTime();
                Shipper shipper = appender.shipper();
                long abandoned = shipper.stop(timeLeft(appender));
                waited += System.nanoTime() - start;
                metrics.update(appender.getName());
                earlyReports.waitNoMore();
                appender.reporter().stopped(abandoned, shipper.state(), shipper.keptLines(), shipper.unreportedDrops());
            });
        } finally {
            shutdown.unlock();
        }
    }

    private long timeLeft(ShippingAppender appender) {
        return Math.max(0, appender.shutdownTimeout().toNanos() - waited);
    }

    @Override
    public void beginShutdown() {
        releaseBlocked();
        // If the server never stops, the process is killed during the wait for it: from now on no line waits for
        // others.
        appenders.forEach(appender -> appender.shipper().flush(true));
    }

    private void releaseBlocked() {
        appenders.forEach(appender -> appender.shipper().releaseBlocked());
    }

    @Override
    public void stopAll() {
        for (ShippingAppender appender : appenders) {
            try {
                appender.stop();
                appender.awaitStopped();
            } catch (RuntimeException | Error e) {
                appender.reporter().internalError("stopping the appender", e); // the others must stop as well
            }
        }
    }

    @Override
    public boolean isStopped() {
        return appenders.stream().allMatch(ShippingAppender::isStopped);
    }
}
