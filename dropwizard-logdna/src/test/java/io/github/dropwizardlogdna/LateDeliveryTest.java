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
import java.util.ArrayList;
import java.util.List;
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
        // Its end makes one batch of both, is refused once, and does not wait for the next attempt, which is too late.
        try (ConfiguredAppender appender = appender(
                MisbehavingServer.refusing().toString(),
                "flushInterval: 1h",
                "shutdownTimeout: 30s",
                "minRetryDelay: 1m",
                "maxRetryDelay: 1m")) {
            appender.log(at(old, appender.event("an old line")));
            appender.log(appender.event("a young line"));
        }

        try (LocalLogDna endpoint = LocalLogDna.start().withPatience(Duration.ofMinutes(1));
                ConfiguredAppender appender =
                        appender(endpoint.url(), "flushInterval: 10ms", "shutdownTimeout: 100ms")) {
            ReceivedLines lines = endpoint.awaitLines(2, all -> all);
            assertThat(lines.texts()).containsExactly(old + " an old line", "a young line");
            assertThat(lines.get(0).timestamp()).isEqualTo(old);
            await().until(() -> appender.shipper().counts().recovered() == 2); // once it has the answer
        }
    }

    private ConfiguredAppender appender(String endpoint, String... more) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("ingestionKey: local", "endpoint: " + endpoint, "spool: {directory: '" + spool + "'}"));
        options.addAll(List.of(more));
        return ConfiguredAppender.of(options.toArray(String[]::new));
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
