package io.github.dropwizardlogdna.line;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import jakarta.annotation.Nullable;

/**
 * Reads the parts of a line from an event. There is one reader for log events and one for request events; both are
 * stateless, so any thread may use them.
 *
 * <p>The appender and the encoder ask for the reader once per event. An appender sees events of one kind in practice, so
 * the calls to its reader have one target.
 *
 * @param <E> {@code ILoggingEvent} or {@code IAccessEvent}
 */
public sealed interface EventReader<E extends DeferredProcessingAware> permits LoggingEventReader, AccessEventReader {

    /**
     * The reader for an event.
     *
     * <p>The class that reads request events is loaded by the first of them: a missing logback-access must not fail
     * log events.
     */
    @SuppressWarnings("unchecked") // each reader takes the events for which it is returned
    static <E extends DeferredProcessingAware> EventReader<E> of(E event) {
        return (EventReader<E>)
                (event instanceof ILoggingEvent ? LoggingEventReader.INSTANCE : AccessEventReader.INSTANCE);
    }

    /** Whether the event is less severe than WARN, so that it may be dropped to keep room for others. */
    boolean isBelowWarn(E event);

    /** The name of the event's logger; null for a request. */
    @Nullable
    String loggerName(E event);

    long timestamp(E event);

    @Nullable
    Level level(E event);

    /** The text of the line if no layout prints it. */
    String text(E event, StackTraces stackTraces);

    /** The text if {@link #text} or something else failed. Calls nothing that the program wrote, except for getters. */
    String bareText(E event);

    /** Collects all fields of the event. */
    void collect(E event, OwnFields own, ProgramFields program);

    /** Collects the few fields that a line with {@link #bareText} has. */
    void collectBare(E event, OwnFields own);
}
