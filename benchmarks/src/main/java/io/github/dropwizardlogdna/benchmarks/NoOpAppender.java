package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import jakarta.annotation.Nullable;
import java.util.concurrent.atomic.LongAdder;

/**
 * Does only what no appender can avoid: gets the formatted message and the MDC, or prints the line of the request log.
 * Ships nothing; counts the events.
 *
 * @param <E> {@code ILoggingEvent} or {@code IAccessEvent}
 */
public final class NoOpAppender<E> extends UnsynchronizedAppenderBase<E> {

    /** Static, because a process has one contender. */
    private static final LongAdder EVENTS = new LongAdder();

    @Nullable
    private final Layout<E> layout;

    /** Keeps the compiler from removing the calls whose results are not used. */
    private int seen;

    public NoOpAppender() {
        this(null);
    }

    /** @param layout prints the line; without one the event is an {@code ILoggingEvent} */
    NoOpAppender(@Nullable Layout<E> layout) {
        this.layout = layout;
    }

    static long events() {
        return EVENTS.sum();
    }

    @Override
    protected void append(E event) {
        int size = layout != null ? layout.doLayout(event).length() : size((ILoggingEvent) event);
        if (size == Integer.MIN_VALUE) {
            seen = size;
        }
        EVENTS.increment();
    }

    private static int size(ILoggingEvent event) {
        return event.getFormattedMessage().length() + event.getMDCPropertyMap().size();
    }

    @Override
    public String toString() {
        return "NoOpAppender" + seen;
    }
}
