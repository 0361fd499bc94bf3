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
    void countsEachEventThatEndsTheStackHoweverLittleIsLeftOfIt() throws Exception {
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
        assertThat(appender.shipper().dropped(DropReason.FAILED)).isEqualTo(returned);
        assertThat(appender.shipper().dropped(DropReason.FAILED)).isEqualTo(returned);
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
    void shipsAnEventWithoutALogger() {
        LoggingEvent bare = new LoggingEvent();
        bare.setLevel(Level.INFO);
        bare.setMessage("message");
        bare.setThreadName("main");
        bare.setMDCPropertyMap(Map.of());
        appender.log(bare);
        assertThat(appender.shipper().accepted()).isEqualTo(1);
        assertThat(appender.shipper().dropped()).isZero();
    }
}
