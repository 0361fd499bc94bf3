package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineEncoderAllocationTest {

    private static final int EVENTS = 1_000;

    /** Counts bytes, not time, so it also holds without the JIT compiler. */
    @Test
    void makesNoGarbageOfAnOrdinaryEvent() {
        LoggingEvent event = new LoggingEvent(
                "", new LoggerContext().getLogger("com.example.Orders"), Level.INFO, "Order {}", null, new Object[] {7
                });
        event.setThreadName("dw-42 - GET /orders?customer=7");
        event.setMDCPropertyMap(
                Collections.unmodifiableMap(new HashMap<>(Map.of("request", "r-1", "customer", "\"Zo\u00eb\""))));
        event.prepareForDeferredProcessing();
        LineEncoder<ILoggingEvent> encoder =
                new Formats<ILoggingEvent>().meta(Map.of("team", "orders")).encoder();
        encodeAll(encoder, event);

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        encodeAll(encoder, event);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(bytes / EVENTS).isLessThan(40);
    }

    private static void encodeAll(LineEncoder<ILoggingEvent> encoder, ILoggingEvent event) {
        for (int i = 0; i < EVENTS; i++) {
            encoder.encode(event);
        }
    }
}
