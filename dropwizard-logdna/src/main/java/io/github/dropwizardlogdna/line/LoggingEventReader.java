package io.github.dropwizardlogdna.line;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import jakarta.annotation.Nullable;

/** Reads log events. */
final class LoggingEventReader implements EventReader<ILoggingEvent> {

    static final EventReader<ILoggingEvent> INSTANCE = new LoggingEventReader();

    private LoggingEventReader() {}

    @Override
    public boolean isBelowWarn(ILoggingEvent event) {
        Level level = event.getLevel();
        return level == null || level.toInt() < Level.WARN_INT;
    }

    @Override
    @Nullable
    public String loggerName(ILoggingEvent event) {
        return event.getLoggerName();
    }

    @Override
    public long timestamp(ILoggingEvent event) {
        return event.getTimeStamp();
    }

    @Override
    @Nullable
    public Level level(ILoggingEvent event) {
        return event.getLevel();
    }

    /** The message, followed by the stack trace if there is one. */
    @Override
    public String text(ILoggingEvent event, StackTraces stackTraces) {
        String message = FieldValues.text(event.getFormattedMessage());
        IThrowableProxy throwable = event.getThrowableProxy();
        return throwable == null ? message : stackTraces.append(message, throwable);
    }

    /** The message without its arguments. */
    @Override
    public String bareText(ILoggingEvent event) {
        return FieldValues.text(event.getMessage());
    }

    @Override
    public void collect(ILoggingEvent event, OwnFields own, ProgramFields program) {
        own.putLogger(event.getLoggerName());
        own.putThread(event.getThreadName());
        own.repeatInEachPart();
        own.putMarkers(event.getMarkerList());
        own.putException(event.getThrowableProxy());
        if (own.includeCaller()) {
            own.putCaller(event.getCallerData());
        }
        program.putFixed();
        program.putMdc(event.getMDCPropertyMap());
        program.putPairs(event.getKeyValuePairs());
    }

    @Override
    public void collectBare(ILoggingEvent event, OwnFields own) {
        own.putLogger(event.getLoggerName());
    }
}
