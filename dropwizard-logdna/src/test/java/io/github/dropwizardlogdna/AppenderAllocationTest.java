package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an event costs the heap on the logging thread, beyond what it costs to format it: counted, not timed. */
class AppenderAllocationTest {

    private static final int EVENTS = 2_000;
    private static final Map<String, String> MDC =
            Collections.unmodifiableMap(new HashMap<>(Map.of("request", "r-1", "user", "u-48213")));

    /** The line itself is in it: its 200 bytes are copied into a chunk of the buffer. */
    @Test
    void allocatesLittleMoreThanTheLine() throws Exception {
        // A port that nobody listens on: nothing leaves the buffer, and no chunk is used again.
        try (ConfiguredAppender appender = ConfiguredAppender.of(
                "ingestionKey: key", "endpoint: http://127.0.0.1:1/", "shutdownTimeout: 1ms", "bufferSize: 64MiB")) {
            logAll(appender, formattedEvents()); // classes, encoders, names of threads
            List<LoggingEvent> events = formattedEvents();

            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            logAll(appender, events);
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(bytes / EVENTS).isLessThan(300);
        }
    }

    private static List<LoggingEvent> formattedEvents() {
        Logger logger = new LoggerContext().getLogger("com.example.orders.OrderService");
        List<LoggingEvent> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            LoggingEvent event = new LoggingEvent(
                    Logger.FQCN,
                    logger,
                    Level.INFO,
                    "Order O-2026-4821377 of 3 items created in {} ms",
                    null,
                    new Object[] {i});
            event.setThreadName("dw-42 - GET /orders?customer=7");
            event.setMDCPropertyMap(MDC);
            event.prepareForDeferredProcessing();
            events.add(event);
        }
        return events;
    }

    private static void logAll(ConfiguredAppender appender, List<LoggingEvent> events) {
        events.forEach(appender::log);
    }
}
