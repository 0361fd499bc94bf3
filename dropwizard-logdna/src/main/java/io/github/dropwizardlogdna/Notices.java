package io.github.dropwizardlogdna;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.shipping.NoticeEncoder;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** What this library itself has to say to the endpoint, as an ordinary line of the application. Any thread. */
final class Notices implements NoticeEncoder {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private final LineEncoder<ILoggingEvent> encoder;

    private final Level level;

    /** Of lines that are missing. */
    Notices(LineFormat<ILoggingEvent> format) {
        this(format, Level.WARN);
    }

    Notices(LineFormat<ILoggingEvent> format, Level level) {
        this.encoder = new LineEncoder<>(format);
        this.level = level;
    }

    @Override
    public byte[] encode(String text) {
        LoggingEvent event = new LoggingEvent();
        event.setInstant(Instant.now());
        event.setLevel(level);
        event.setLoggerName(Reporter.LOGGER);
        event.setMessage(text);
        event.setMDCPropertyMap(Map.of());
        lock.lock();
        try {
            encoder.encode(event);
            return Arrays.copyOf(encoder.buffer(), encoder.length());
        } finally {
            lock.unlock();
        }
    }
}
