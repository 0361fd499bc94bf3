package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.LoggingEvent;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLines;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LogDNA gives lines that arrive more than 24 hours late the time of their arrival. */
class LateDeliveryTest {

    @TempDir
    Path spool;

    @Test
    void linesOfAnEarlierProcessThatAreADayOldBeginWithTheirTime() throws Exception {
        Instant old = Instant.now()
                .minus(Duration.ofHours(25))
                .truncatedTo(ChronoUnit.SECONDS)
                .plusMillis(123);
        try (ConfiguredAppender appender = appender(MisbehavingServer.refusing().toString())) {
            appender.log(at(old, appender.event("an old line")));
            appender.log(appender.event("a young line"));
            await().until(() -> appender.shipper().counts().bytesOnDisk() > 0);
        }

        try (LocalLogDna endpoint = LocalLogDna.start();
                ConfiguredAppender appender = appender(endpoint.url())) {
            ReceivedLines lines = endpoint.awaitLines(2, all -> all);
            assertThat(lines.texts()).containsExactly(old + " an old line", "a young line");
            assertThat(lines.get(0).timestamp()).isEqualTo(old);
            await().until(() -> appender.shipper().counts().recovered() == 2); // once it has the answer
        }
    }

    private ConfiguredAppender appender(String endpoint) throws Exception {
        return ConfiguredAppender.of(
                "ingestionKey: local",
                "endpoint: " + endpoint,
                "flushInterval: 10ms",
                "shutdownTimeout: 100ms",
                "spool: {directory: '" + spool + "'}");
    }

    private static LoggingEvent at(Instant time, LoggingEvent event) {
        LoggingEvent old = new LoggingEvent();
        old.setInstant(time);
        old.setLevel(event.getLevel());
        old.setLoggerName(event.getLoggerName());
        old.setMessage(event.getMessage());
        old.setThreadName("main");
        old.setMDCPropertyMap(event.getMDCPropertyMap());
        return old;
    }
}
