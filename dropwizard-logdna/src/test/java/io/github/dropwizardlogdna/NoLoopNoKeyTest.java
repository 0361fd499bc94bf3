package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.ChattyApplication.AUDIT;
import static io.github.dropwizardlogdna.ChattyApplication.KEY;
import static io.github.dropwizardlogdna.ChattyApplication.textsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code level: ALL} on the root logger: the shipper's requests make no lines to ship, and the key, which the JDK's
 * HTTP client logs with the other headers, is on no appender.
 */
class NoLoopNoKeyTest {

    /** The console's queue is short: it drops lines when it is nearly full, and what waits in it at the end is lost. */
    private static final String ALL = """
            logging:
              level: ALL
              loggers:
                audit:
                  level: ALL
                  appenders:
                    - %s
              appenders:
                - {type: console, threshold: ALL, queueSize: 1}
                - %s
            """;

    @TempDir
    Path directory;

    @Test
    void shipsOnlyLinesOfTheApplication() throws Exception {
        // The reports of both failures go to the console, too.
        try (LocalLogDna endpoint = failing(500, 403, 500);
                ChildJvm child = start(endpoint)) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(delivered(endpoint)).isEqualTo(3 * ChattyApplication.LINES));
            int requests = requests(endpoint);

            // Ten flush intervals in which the application is silent.
            await().during(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> requests(endpoint) - requests <= 2);

            child.endInput();
            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(endpoint.lines().batches())
                    .allSatisfy(batch -> assertThat(batch.toString()).doesNotContain(KEY));
            assertThat(endpoint.lines())
                    .noneSatisfy(
                            line -> assertThat(line.meta("thread").asText()).startsWith("logdna-"))
                    .noneSatisfy(
                            line -> assertThat(line.meta("logger").asText()).startsWith("sun.net.www"));
            assertThat(child.stdout())
                    .contains(textsOf("command").get(0))
                    .contains("can't deliver to " + endpoint.url())
                    .doesNotContain(KEY)
                    .doesNotContain("logs/ingest?");
            assertThat(child.stderr()).doesNotContain(KEY);
        }
    }

    /** The lines of {@value ChattyApplication#AUDIT} go to the root's appender as well. */
    private static int delivered(LocalLogDna endpoint) {
        return endpoint.lines().meta("logger", AUDIT).texts().size()
                + endpoint.lines()
                        .meta("logger", ChattyApplication.PLAIN)
                        .texts()
                        .size();
    }

    private static int requests(LocalLogDna endpoint) {
        return endpoint.lines().batches().size() + endpoint.refused().size();
    }

    /** Accepts the one key, after these answers. */
    private static LocalLogDna failing(int... first) {
        LocalLogDna endpoint = LocalLogDna.start(KEY);
        endpoint.answerNext(first);
        return endpoint;
    }

    private ChildJvm start(LocalLogDna endpoint) throws Exception {
        String options = "flushInterval: 100ms, minRetryDelay: 10ms, maxRetryDelay: 50ms";
        String configuration = ALL.formatted(
                ChattyApplication.appender(endpoint, "audit", options),
                ChattyApplication.appender(endpoint, "root", options));
        Path file = Files.writeString(directory.resolve("config.yml"), configuration);
        return ChildJvm.start(
                directory, List.of(), ChattyApplication.class, ChattyApplication.COMMAND, file.toString());
    }
}
