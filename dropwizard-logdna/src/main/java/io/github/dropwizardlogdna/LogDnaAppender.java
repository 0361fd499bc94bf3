package io.github.dropwizardlogdna;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AsyncAppenderBase;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import ch.qos.logback.core.spi.FilterReply;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingThread;
import jakarta.annotation.Nullable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What Logback calls: guards the application against the appender and the appender against itself, encodes the event on
 * the logging thread, and hands its bytes over. Nothing of the event is kept.
 *
 * <p>It is an {@link AsyncAppenderBase} by type, because that is what Dropwizard's {@code LoggingFactory.stop()} looks
 * for and waits for; of that class it uses nothing else, neither its queue nor its worker.
 */
final class LogDnaAppender<E extends DeferredProcessingAware> extends AsyncAppenderBase<E> {

    private final EncoderPool<E> encoders;
    private final Shipper shipper;
    private final Reporter reporter;
    private final Duration shutdownTimeout;
    private final ApplicationAppenders siblings;
    private final RecentLosses losses;

    @Nullable
    private final MessageRate messageRate;

    /** Events that were lost because the stack ended; only ever grows, as do the two others. Any thread. */
    private final AtomicInteger overflows = new AtomicInteger();

    private volatile int overflowsAtStacksEnd;
    /** How many of both the shipper has counted. */
    private final AtomicInteger overflowsCounted = new AtomicInteger();

    LogDnaAppender(
            EncoderPool<E> encoders,
            Shipper shipper,
            Reporter reporter,
            @Nullable MessageRate messageRate,
            Duration shutdownTimeout,
            ApplicationAppenders siblings) {
        this.encoders = encoders;
        this.shipper = shipper;
        this.reporter = reporter;
        this.messageRate = messageRate;
        this.shutdownTimeout = shutdownTimeout;
        this.siblings = siblings;
        this.losses = RecentLosses.of(shipper);
    }

    @Override
    public void start() {
        if (!isStarted()) {
            siblings.add(this);
            shipper.start();
            // Not super.start(), which starts a worker; doAppend, the only place that needs more of it, is our own.
            started = true;
        }
    }

    /** Ends shipping: takes no more events, and waits as long as the ending of the application still may. */
    @Override
    public void stop() {
        if (isStarted()) {
            started = false;
            countOverflows();
            siblings.stop(this);
        }
    }

    /** Takes an event. Never throws and, unless configured to, never waits. Any thread. */
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // see there
    public void doAppend(E event) {
        try {
            if (!ShippingThread.isCurrent() && !isReport(event) && getFilterChainDecision(event) != FilterReply.DENY) {
                ship(event);
            }
        } catch (Throwable e) {
            // Logback catches exceptions only: a StackOverflowError would end the application's request.
            if (e instanceof StackOverflowError) {
                // Too little stack is left for the shipper, which would be interrupted in the middle of its work.
                try {
                    overflows.getAndIncrement();
                } catch (Throwable stackEnds) {
                    // Not one call succeeds. Two threads in the same nanosecond may be counted as one.
                    overflowsAtStacksEnd++;
                }
            } else {
                countAsFailed();
                reportLinkage(e);
            }
        }
    }

    @Override
    protected void append(E event) {
        doAppend(event);
    }

    private void ship(E event) {
        if (messageRate != null && !messageRate.tryAcquire()) {
            shipper.drop(DropReason.RATE, 1);
            return;
        }
        boolean discardable = isDiscardable(event);
        if (shipper.turnsAway(discardable)) {
            return;
        }
        LineEncoder<E> encoder = encoders.borrow();
        int lines = encoder.encode(event);
        if (encoder.fellBack()) {
            reporter.encodingFailed(encoder.linkageError());
        }
        shipper.append(encoder.buffer(), encoder.length(), lines, discardable);
        // Not in a finally block: an encoder that an Error has left in the middle of an event may hold a part of it.
        encoders.giveBack(encoder);
    }

    @Override
    protected boolean isDiscardable(E event) {
        if (event instanceof ILoggingEvent logging) {
            return !logging.getLevel().isGreaterOrEqual(Level.WARN);
        }
        return event instanceof IAccessEvent access && access.getStatusCode() < 500;
    }

    private boolean isReport(E event) {
        return event instanceof ILoggingEvent logging && Reporter.isReport(logging.getLoggerName());
    }

    private void countAsFailed() {
        try {
            shipper.drop(DropReason.FAILED, 1);
        } catch (Throwable e) {
            // It could be told to nobody.
        }
    }

    /** A missing class is no odd event: it costs each one that follows, too. */
    private void reportLinkage(Throwable error) {
        try {
            if (error instanceof LinkageError) {
                reporter.linkageFailed("the appender", error);
            }
        } catch (Throwable e) {
            // Counted already; there is no place left to say why.
        }
    }

    /** Counts, on a thread that has a stack, what could not be counted when it failed: each event once. */
    private void countOverflows() {
        int overflowed = overflows.get() + overflowsAtStacksEnd;
        int counted = overflowsCounted.getAndAccumulate(overflowed, Math::max);
        if (overflowed > counted) {
            shipper.drop(DropReason.FAILED, overflowed - counted);
        }
    }

    /** What keeps the appender's books, brought up to date; whoever looks at them comes here. */
    Shipper shipper() {
        countOverflows();
        return shipper;
    }

    Reporter reporter() {
        return reporter;
    }

    RecentLosses losses() {
        return losses;
    }

    Duration shutdownTimeout() {
        return shutdownTimeout;
    }

    /** The lines that are not settled yet, in flight included. */
    @Override
    public int getNumberOfElementsInQueue() {
        return (int) Math.min(Integer.MAX_VALUE, shipper.heldLines());
    }

    /**
     * Waits for the lines that were logged so far. {@code LoggingFactory.stop()} asks this before it would poll
     * {@link #getNumberOfElementsInQueue} every 100 ms for the time that is answered here. Waiting right here instead
     * ends with the last line, not up to 100 ms later, and the time that it took is known exactly, so that it can be
     * counted against what all waits of an ending may take together.
     *
     * @return zero: no more waiting
     */
    @Override
    public int getMaxFlushTime() {
        if (shipper.heldLines() > 0 && !StartUp.isCallingStop()) {
            siblings.drain(this);
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
