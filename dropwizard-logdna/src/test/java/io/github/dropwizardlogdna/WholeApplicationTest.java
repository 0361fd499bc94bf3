package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.ChattyApplication.AUDIT;
import static io.github.dropwizardlogdna.ChattyApplication.PLAIN;
import static io.github.dropwizardlogdna.ChattyApplication.textsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.github.dropwizardlogdna.local.LocalLogDna;
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
    @Timeout(180)
    void startsWithoutWaitingForAnEndpointThatHangs() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.hang();
            DropwizardAppExtension<ChattyApplication.Settings> application =
                    application(endpoint, "flushInterval: 10ms, shutdownTimeout: 60s");
            application.before();
            // There was something to wait for, and a minute to wait.
            assertThat(gauge(application.getEnvironment().metrics(), "logdna.buffer.lines"))
                    .isGreaterThanOrEqualTo(2L * textsOf("run").size());

            endpoint.takeAll();
            application.after();

            assertThat(endpoint.lines().meta("logger", PLAIN).texts())
                    .containsExactlyElementsOf(textsOf("run", "stop"));
            assertThat(endpoint.lines().meta("logger", AUDIT).texts())
                    .containsExactlyElementsOf(textsOf("run", "stop"));
        }
    }

    @Test
    @Timeout(180)
    void waitsForThreeHangingAppendersNoLongerThanForOne() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.hang();
            DropwizardAppExtension<ChattyApplication.Settings> application =
                    application(endpoint, "flushInterval: 10ms, shutdownTimeout: 5s");
            application.before();
            chat(application);

            long start = System.nanoTime();
            application.after();

            // The three would take 15 s one after the other, and the root's are waited for twice.
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(12));
        }
    }

    @Test
    @Timeout(180)
    void deliversAllOfTwoApplicationsOneAfterTheOther() throws Exception {
        try (LocalLogDna first = LocalLogDna.start(ChattyApplication.KEY);
                LocalLogDna second = LocalLogDna.start(ChattyApplication.KEY)) {
            for (LocalLogDna endpoint : new LocalLogDna[] {first, second}) {
                DropwizardAppExtension<ChattyApplication.Settings> application =
                        application(endpoint, "flushInterval: 1h, shutdownTimeout: 20s");
                application.before();
                chat(application);
                chat(application);
                application.after();
            }

            for (LocalLogDna endpoint : new LocalLogDna[] {first, second}) {
                String[] phases = {"run", "request", "request", "stop"};
                assertThat(endpoint.lines().meta("logger", PLAIN).texts()).containsExactlyElementsOf(textsOf(phases));
                assertThat(endpoint.lines().meta("logger", AUDIT).texts()).containsExactlyElementsOf(textsOf(phases));
                assertThat(endpoint.lines().meta("uri", "/chat")).hasSize(2);
            }
        }
    }

    /**
     * The JVM goes on, so no shutdown hook runs: Dropwizard's {@code LoggingFactory.stop()} is the only call at the end of a
     * command.
     */
    @Test
    @Timeout(180)
    void deliversAllLinesOfTheRootBeforeACommandReturns() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            try {
                new ChattyApplication()
                        .run("check", configuration(endpoint, "flushInterval: 1h, shutdownTimeout: 20s"));

                assertThat(endpoint.lines()
                                .meta("logger", "io.dropwizard.core.cli.CheckCommand")
                                .texts())
                        .containsExactly("Configuration is OK");
            } finally {
                new DefaultLoggingFactory().reset();
            }
        }
    }

    @Test
    @Timeout(180)
    void countsTheLinesOfAllAppendersInTheApplicationsMetrics() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            DropwizardAppExtension<ChattyApplication.Settings> application =
                    application(endpoint, "flushInterval: 50ms, shutdownTimeout: 20s");
            application.before();
            try {
                MetricRegistry metrics = application.getEnvironment().metrics();
                chat(application);
                // Of each logger two phases, of the request log one line; and some of Dropwizard's own.
                await().untilAsserted(() -> {
                    assertThat(count(metrics, "logdna.lines.delivered"))
                            .isGreaterThan(2L * textsOf("run", "request").size())
                            .isEqualTo(count(metrics, "logdna.lines.accepted"))
                            .isEqualTo(endpoint.lines().size());
                    // Learned of last, after the answer.
                    assertThat(metrics.timer("logdna.requests").getCount())
                            .isEqualTo(endpoint.lines().batches().size());
                    // Logged after the answer to the request.
                    assertThat(endpoint.lines().meta("uri", "/chat")).hasSize(1);
                    assertThat(gauge(metrics, "logdna.buffer.lines")).isZero();
                    assertThat(gauge(metrics, "logdna.buffer.bytes")).isZero();
                });
                assertThat(count(metrics, "logdna.bytes.sent")).isPositive();
                assertThat(count(metrics, "logdna.lines.dropped")).isZero();
                assertThat(count(metrics, "logdna.requests.failed")).isZero();
                assertThat(metrics.getNames().stream().filter(name -> name.startsWith("logdna.")))
                        .containsExactlyInAnyOrderElementsOf(
                                Stream.of("logdna", "logdna.root", "logdna.audit", "logdna.requests")
                                        .flatMap(WholeApplicationTest::namesOfTheContract)
                                        .toList());
            } finally {
                application.after();
            }
        }
    }

    private static Stream<String> namesOfTheContract(String prefix) {
        Stream<String> reasons = Stream.of(
                        "full", "discarded", "rate", "refused", "too-large", "failed", "spool-full", "abandoned")
                .map(reason -> prefix + ".lines.dropped." + reason);
        return Stream.concat(
                reasons,
                Stream.of(
                        prefix + ".lines.accepted",
                        prefix + ".lines.delivered",
                        prefix + ".lines.recovered",
                        prefix + ".lines.dropped",
                        prefix + ".bytes.sent",
                        prefix + ".requests",
                        prefix + ".requests.failed",
                        prefix + ".requests.retried",
                        prefix + ".buffer.lines",
                        prefix + ".buffer.bytes",
                        prefix + ".spool.bytes",
                        prefix + ".oldest-line-age-ms"));
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

    private DropwizardAppExtension<ChattyApplication.Settings> application(LocalLogDna endpoint, String options)
            throws IOException {
        return new DropwizardAppExtension<>(ChattyApplication.class, configuration(endpoint, options));
    }

    private String configuration(LocalLogDna endpoint, String options) throws IOException {
        return Files.writeString(directory.resolve("config.yml"), ChattyApplication.configuration(endpoint, options))
                .toString();
    }
}
