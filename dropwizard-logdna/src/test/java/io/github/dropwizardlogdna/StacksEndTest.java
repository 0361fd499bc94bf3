package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import io.github.dropwizardlogdna.shipping.DropReason;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.KeyValuePair;

/** Events that come where the stack of a logging thread ends, and one that lacks what every event has. */
class StacksEndTest {

    private ConfiguredAppender appender;
    private int returned;

    @BeforeEach
    void startAnAppender() throws Exception {
        // A port that nobody listens on.
        appender = ConfiguredAppender.of("ingestionKey: key", "endpoint: http://127.0.0.1:1/", "shutdownTimeout: 1ms");
    }

    @AfterEach
    void stopIt() {
        appender.close();
    }

    @Test
    void countsEachEventLostAtTheEndOfTheStack() throws Exception {
        appender.appender().addFilter(new Filter<>() {
            @Override
            @SuppressWarnings("InfiniteRecursion") // until the stack ends
            public FilterReply decide(ILoggingEvent event) {
                return decide(event);
            }
        });
        LoggingEvent event = appender.event("message");
        Thread small = new Thread(null, () -> dive(event), "small stack", 128 * 1024);
        small.start();
        small.join();
        assertThat(returned).isGreaterThan(100);
        assertThat(appender.shipper().counts().dropped(DropReason.FAILED)).isEqualTo(returned);
        assertThat(appender.shipper().counts().dropped(DropReason.FAILED)).isEqualTo(returned);
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack ends
    private void dive(LoggingEvent event) {
        try {
            appender.appender().doAppend(event);
            returned++;
            dive(event);
        } catch (StackOverflowError e) {
            // Not even a call of the appender fitted.
        }
    }

    @Test
    @Timeout(180)
    void shipsAFewLinesOfAToStringThatLogsItsOwnObject() {
        LoggingEvent[] event = new LoggingEvent[1];
        Object selfish = new Object() {
            @Override
            public String toString() {
                appender.log(event[0]);
                appender.log(event[0]);
                return "selfish";
            }
        };
        event[0] = new LoggingEvent();
        event[0].setLevel(Level.INFO);
        event[0].setMessage("message");
        event[0].setThreadName("main");
        event[0].setMDCPropertyMap(Map.of());
        event[0].addKeyValuePair(new KeyValuePair("one", selfish));
        event[0].addKeyValuePair(new KeyValuePair("other", selfish));

        appender.log(event[0]);

        assertThat(appender.shipper().counts().accepted()).isBetween(1L, 100L);
        assertThat(appender.shipper().counts().dropped(DropReason.FAILED)).isPositive();
        appender.log(appender.event("afterwards"));
        assertThat(appender.shipper().counts().dropped(DropReason.FAILED)).isLessThan(1_000);
    }

    @Test
    void shipsAnEventWithoutALogger() {
        LoggingEvent bare = new LoggingEvent();
        bare.setLevel(Level.INFO);
        bare.setMessage("message");
        bare.setThreadName("main");
        bare.setMDCPropertyMap(Map.of());
        appender.log(bare);
        assertThat(appender.shipper().counts().accepted()).isEqualTo(1);
        assertThat(appender.shipper().counts().droppedLines()).isZero();
    }
}
