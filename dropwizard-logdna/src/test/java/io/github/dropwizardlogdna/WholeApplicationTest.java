package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.ChattyApplication.AUDIT;
import static io.github.dropwizardlogdna.ChattyApplication.PLAIN;
import static io.github.dropwizardlogdna.ChattyApplication.textsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.github.dropwizardlogdna.testing.RecordingEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Applications that start and end in this JVM, as they do in the tests of a service. */
class WholeApplicationTest {

    @TempDir
    Path directory;

    @Test
    @Timeout(30)
    void startsWithoutWaitingForAnEndpointThatHangs() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start().hanging()) {
            DropwizardAppExtension<ChattyApplication.Settings> application =
                    application(endpoint, "flushInterval: 10ms, shutdownTimeout: 60s");
            application.before();
            // There was something to wait for, and a minute to wait.
            assertThat(gauge(application.getEnvironment().metrics(), "logdna.buffer.lines"))
                    .isGreaterThanOrEqualTo(2L * textsOf("run").size());

            endpoint.release();
            application.after();

            assertThat(endpoint.textsOf(PLAIN)).containsExactlyElementsOf(textsOf("run", "stop"));
            assertThat(endpoint.textsOf(AUDIT)).containsExactlyElementsOf(textsOf("run", "stop"));
        }
    }

    @Test
    @Timeout(30)
    void waitsForThreeAppendersThatHangNoLongerThanForOne() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start().hanging()) {
            DropwizardAppExtension<ChattyApplication.Settings> application =
                    application(endpoint, "flushInterval: 10ms, shutdownTimeout: 3s");
            application.before();
            chat(application);

            long start = System.nanoTime();
            application.after();

            // The three would take 9 s one after the other, and the root's are waited for twice.
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(6));
        }
    }

    @Test
    @Timeout(60)
    void deliversAllOfTwoApplicationsOneAfterTheOther() throws Exception {
        try (RecordingEndpoint first = RecordingEndpoint.start();
                RecordingEndpoint second = RecordingEndpoint.start()) {
            for (RecordingEndpoint endpoint : new RecordingEndpoint[] {first, second}) {
                DropwizardAppExtension<ChattyApplication.Settings> application =
                        application(endpoint, "flushInterval: 1h, shutdownTimeout: 20s");
                application.before();
                chat(application);
                chat(application);
                application.after();
            }

            for (RecordingEndpoint endpoint : new RecordingEndpoint[] {first, second}) {
                String[] phases = {"run", "request", "request", "stop"};
                assertThat(endpoint.textsOf(PLAIN)).containsExactlyElementsOf(textsOf(phases));
                assertThat(endpoint.textsOf(AUDIT)).containsExactlyElementsOf(textsOf(phases));
                assertThat(endpoint.lines())
                        .filteredOn(
                                line -> line.path("meta").path("uri").asText().equals("/chat"))
                        .hasSize(2);
            }
        }
    }

    @Test
    @Timeout(60)
    void countsTheLinesOfAllAppendersInTheApplicationsMetrics() throws Exception {
        try (RecordingEndpoint endpoint = RecordingEndpoint.start()) {
            DropwizardAppExtension<ChattyApplication.Settings> application =
                    application(endpoint, "flushInterval: 50ms, shutdownTimeout: 20s");
            application.before();
            try {
                MetricRegistry metrics = application.getEnvironment().metrics();
                chat(application);
                // Of each logger two phases, of the request log one line; and some of Dropwizard's own.
                await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                    assertThat(count(metrics, "logdna.lines.delivered"))
                            .isGreaterThan(2L * textsOf("run", "request").size())
                            .isEqualTo(count(metrics, "logdna.lines.accepted"))
                            .isEqualTo(endpoint.lines().size());
                    // Learned of last, after the answer.
                    assertThat(metrics.timer("logdna.requests").getCount())
                            .isEqualTo(endpoint.requests().size());
                });
                assertThat(endpoint.lines())
                        .filteredOn(
                                line -> line.path("meta").path("uri").asText().equals("/chat"))
                        .hasSize(1);
                assertThat(count(metrics, "logdna.bytes.sent")).isPositive();
                assertThat(count(metrics, "logdna.lines.dropped")).isZero();
                assertThat(count(metrics, "logdna.requests.failed")).isZero();
                assertThat(gauge(metrics, "logdna.buffer.lines")).isZero();
                assertThat(gauge(metrics, "logdna.buffer.bytes")).isZero();
                assertThat(metrics.getNames().stream().filter(name -> name.startsWith("logdna.")))
                        .containsExactlyInAnyOrderElementsOf(namesOfTheContract());
            } finally {
                application.after();
            }
        }
    }

    private static Iterable<String> namesOfTheContract() {
        Stream<String> reasons = Stream.of(
                        "full", "discarded", "rate", "refused", "too-large", "failed", "spool-full", "abandoned")
                .map(reason -> "logdna.lines.dropped." + reason);
        return Stream.concat(
                        reasons,
                        Stream.of(
                                "logdna.lines.accepted",
                                "logdna.lines.delivered",
                                "logdna.lines.recovered",
                                "logdna.lines.dropped",
                                "logdna.bytes.sent",
                                "logdna.requests",
                                "logdna.requests.failed",
                                "logdna.requests.retried",
                                "logdna.buffer.lines",
                                "logdna.buffer.bytes",
                                "logdna.spool.bytes",
                                "logdna.oldest-line-age-ms"))
                .toList();
    }

    private static long count(MetricRegistry metrics, String name) {
        return metrics.getMeters().get(name).getCount();
    }

    private static long gauge(MetricRegistry metrics, String name) {
        return (Long) metrics.getGauges().get(name).getValue();
    }

    private static void chat(DropwizardAppExtension<ChattyApplication.Settings> application) {
        String answer = application
                .client()
                .target("http://localhost:" + application.getLocalPort() + "/chat")
                .request()
                .get(String.class);
        assertThat(answer).isEqualTo("done");
    }

    private DropwizardAppExtension<ChattyApplication.Settings> application(RecordingEndpoint endpoint, String options)
            throws IOException {
        Path file =
                Files.writeString(directory.resolve("config.yml"), ChattyApplication.configuration(endpoint, options));
        return new DropwizardAppExtension<>(ChattyApplication.class, file.toString());
    }
}
