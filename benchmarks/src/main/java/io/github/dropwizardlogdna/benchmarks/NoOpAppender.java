package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.atomic.LongAdder;

/** Does what no appender can avoid: asks for the formatted message and the MDC. Ships nothing, and counts. */
public final class NoOpAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Of this process, which has one contender. */
    private static final LongAdder EVENTS = new LongAdder();

    /** Keeps the compiler from finding out that nobody looks at what was asked for. */
    private int seen;

    static long events() {
        return EVENTS.sum();
    }

    @Override
    protected void append(ILoggingEvent event) {
        int size =
                event.getFormattedMessage().length() + event.getMDCPropertyMap().size();
        if (size == Integer.MIN_VALUE) {
            seen = size;
        }
        EVENTS.increment();
    }

    @Override
    public String toString() {
        return "NoOpAppender" + seen;
    }
}
