package io.github.dropwizardlogdna.appender;

import ch.qos.logback.core.AsyncAppenderBase;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import ch.qos.logback.core.spi.FilterReply;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.dropwizardlogdna.line.EventReader;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.report.RecentLosses;
import io.github.dropwizardlogdna.report.ReportLog;
import io.github.dropwizardlogdna.report.Reporter;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import jakarta.annotation.Nullable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Encodes an event on the logging thread and appends its bytes to the shipper; keeps no reference to the event. Nothing
 * that goes wrong here reaches the application.
 *
 * <p>It extends {@link AsyncAppenderBase} because Dropwizard's {@code LoggingFactory.stop()} waits for appenders of that
 * type only, and no other method is called at the end of a command if the JVM goes on, as in a test. It uses neither the
 * queue nor the worker of that class.
 */
final class LogDnaAppender<E extends DeferredProcessingAware> extends AsyncAppenderBase<E> implements ShippingAppender {

    /** How deep an event may be logged from within the encoding of another, by a {@code toString} that logs. */
    private static final int MAX_NESTING = 4;

    /** What a stop may take beyond its waits for lines: for a disk that hangs, and for reports. */
    private static final Duration REST_OF_STOP = Duration.ofSeconds(5);

    /**
     * The depth on this thread. Logback's own appenders allow no nesting; without a limit, a {@code toString} that logs its
     * own object would recurse to the end of the stack.
     */
    private static final ThreadLocal<int[]> NESTING = ThreadLocal.withInitial(() -> new int[1]);

    private final EncoderPool<E> encoders;
    private final String endpoint;
    private final Shipper shipper;
    private final Reporter reporter;
    private final Duration shutdownTimeout;
    private final AppenderGroup group;
    private final RecentLosses losses;

    @Nullable
    private final MessageRate messageRate;

    /** Events lost to a StackOverflowError. This counter and the next two only grow. Any thread. */
    private final AtomicInteger overflows = new AtomicInteger();

    private volatile int overflowsNearStackEnd;
    /** The part of both that the shipper has counted. */
    private final AtomicInteger overflowsCounted = new AtomicInteger();

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(1);

    LogDnaAppender(AppenderSettings<E> settings, Shipper shipper, Reporter reporter, AppenderGroup group) {
        this.encoders = new EncoderPool<>(settings.lines());
        this.endpoint = settings.shownEndpoint();
        this.shipper = shipper;
        this.reporter = reporter;
        this.messageRate = settings.messageRate();
        this.shutdownTimeout = settings.shutdownTimeout();
        this.group = group;
        this.losses = RecentLosses.of(shipper);
    }

    @Override
    public void start() {
        if (!isStarted()) {
            group.add(this);
            shipper.start();
            // Not super.start(), which starts a worker.
            started = true;
        }
    }

    /** Stops shipping: accepts no more events and waits for held lines, within what is left of the shutdown timeout. */
    @Override
    public void stop() {
        if (isStarted() && stopping.compareAndSet(false, true)) {
            started = false;
            try {
                countOverflows();
                group.stop(this);
            } finally {
                stopped.countDown();
            }
        }
    }

    @Override
    public void awaitStopped() {
        if (stopping.get()) {
            boolean unused = Uninterruptibles.awaitUninterruptibly(stopped, shutdownTimeout.plus(REST_OF_STOP));
        }
    }

    /** Never throws and, with {@code neverBlock}, never waits. Any thread. */
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // see the comment at the increment
    public void doAppend(E event) {
        try {
            EventReader<E> reader = EventReader.of(event);
            if (!ShippingThread.isCurrent()
                    && !ReportLog.isReport(reader.loggerName(event))
                    && getFilterChainDecision(event) != FilterReply.DENY) {
                ship(event, reader.isBelowWarn(event));
            }
        } catch (Throwable e) {
            // Logback catches exceptions only; an Error would end the application's request.
            if (e instanceof StackOverflowError) {
                // Too little stack is left to call the shipper.
                try {
                    overflows.getAndIncrement();
                } catch (Throwable stackEnds) {
                    // Not even that call succeeds. This increment is not atomic: a race may lose a count.
                    overflowsNearStackEnd++;
                }
            } else {
                countAsFailed();
                reportLost(e);
            }
        }
    }

    @Override
    protected void append(E event) {
        doAppend(event);
    }

    private void ship(E event, boolean discardable) {
        if (messageRate != null && !messageRate.tryAcquire()) {
            shipper.drop(DropReason.RATE, 1);
            return;
        }
        if (shipper.rejectEarly(discardable)) {
            return;
        }
        int[] nesting = NESTING.get();
        if (nesting[0] >= MAX_NESTING) {
            shipper.drop(DropReason.FAILED, 1);
            return;
        }
        nesting[0]++;
        try {
            encodeAndAppend(event, discardable);
        } finally {
            nesting[0]--;
        }
    }

    private void encodeAndAppend(E event, boolean discardable) {
        LineEncoder<E> encoder = encoders.borrow();
        int lines = encoder.encode(event);
        shipper.append(encoder.buffer(), encoder.length(), lines, discardable);
        // From here on the event is counted, and must not be counted as failed as well.
        try {
            if (encoder.fellBack()) {
                reporter.encodingFailed(encoder.linkageError(), shipper.countBareMessage());
            }
            // Not in a finally block: an Error may have left a part of the event in the encoder.
            encoders.giveBack(encoder);
        } catch (Throwable e) {
            // The encoder is dropped, and the report is missing.
        }
    }

    private void countAsFailed() {
        try {
            shipper.drop(DropReason.FAILED, 1);
        } catch (Throwable e) {
            // There is no place left to count it.
        }
    }

    /** A missing class will fail the next events as well, so it gets a message of its own. */
    private void reportLost(Throwable error) {
        try {
            if (error instanceof LinkageError) {
                reporter.linkageFailed("the appender", error);
            } else {
                reporter.eventLost(error);
            }
        } catch (Throwable e) {
            // The event is counted; the cause can't be reported.
        }
    }

    /** Passes the events lost to a StackOverflowError to the shipper's counters, each once, on a thread with a stack. */
    private void countOverflows() {
        int overflowed = overflows.get() + overflowsNearStackEnd;
        int counted = overflowsCounted.getAndAccumulate(overflowed, Math::max);
        if (overflowed > counted) {
            shipper.drop(DropReason.FAILED, overflowed - counted);
        }
    }

    @Override
    public boolean isStopped() {
        return stopped.getCount() == 0;
    }

    @Override
    public Shipper shipper() {
        countOverflows();
        return shipper;
    }

    @Override
    public Reporter reporter() {
        return reporter;
    }

    @Override
    public RecentLosses losses() {
        return losses;
    }

    @Override
    public String endpoint() {
        return endpoint;
    }

    @Override
    public Duration shutdownTimeout() {
        return shutdownTimeout;
    }

    /** The lines that are neither delivered nor dropped. */
    @Override
    public int getNumberOfElementsInQueue() {
        return (int) Math.min(Integer.MAX_VALUE, shipper.counts().heldLines());
    }

    /**
     * Waits for the lines logged so far. {@code LoggingFactory.stop()} calls this method, and then polls
     * {@link #getNumberOfElementsInQueue} every 100 ms for the returned time. Waiting here ends with the last line instead,
     * and the time spent counts exactly against the shutdown timeout.
     *
     * @return zero: no polling
     */
    @Override
    public int getMaxFlushTime() {
        if (shipper.counts().heldLines() > 0 && !StartupDetector.isCalledAtStartup()) {
            group.drain(this);
        }
        return 0;
    }

    @Override
    public boolean isQueueBelowDiscardingThreshold() {
        return false;
    }

    @Override
    public int getRemainingCapacity() {
        return Integer.MAX_VALUE;
    }
}
