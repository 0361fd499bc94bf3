package io.github.dropwizardlogdna.report;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.github.dropwizardlogdna.line.LateLines;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.shipping.LineForm;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Encodes lines of this library's own, such as the notice of missing lines, as lines of the application, and puts the time of
 * late lines into their text. Any thread.
 */
public final class OwnLineEncoder implements LineForm {

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private final LineEncoder<ILoggingEvent> encoder;

    private final Level level;

    /** Creates an encoder of lines at WARN. */
    public OwnLineEncoder(LineFormat<ILoggingEvent> format) {
        this(format, Level.WARN);
    }

    /** Creates an encoder of lines at {@code level}. */
    public OwnLineEncoder(LineFormat<ILoggingEvent> format, Level level) {
        this.encoder = new LineEncoder<>(format);
        this.level = level;
    }

    @Override
    public long lateAge() {
        return LateLines.AGE.toNanos();
    }

    @Override
    public byte[] withTimes(byte[] bytes, int from, int to) {
        return LateLines.withTimes(bytes, from, to, System.currentTimeMillis() - LateLines.AGE.toMillis());
    }

    @Override
    public byte[] encode(String text) {
        LoggingEvent event = new LoggingEvent();
        event.setInstant(Instant.now());
        event.setLevel(level);
        event.setLoggerName(ReportLog.LOGGER);
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
