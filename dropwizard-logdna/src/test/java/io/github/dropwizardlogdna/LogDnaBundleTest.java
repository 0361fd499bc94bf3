package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.Meter;
import com.codahale.metrics.Timer;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.util.JarLocation;
import io.github.dropwizardlogdna.local.LocalLogDna;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.core.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the bundle adds to the admin port of a whole application. */
@Timeout(180)
class LogDnaBundleTest {

    @TempDir
    Path directory;

    private DropwizardAppExtension<ChattyApplication.Settings> application;

    @AfterEach
    void end() {
        application.after(); // does nothing the second time
    }

    @Test
    void theHealthCheckAndTheTaskListEachAppender() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.answer(403);
            start(ChattyApplication.configuration(endpoint, "flushInterval: 10ms, shutdownTimeout: 10ms"));

            // Not over HTTP, where each request is a line for the appender of the request log.
            HealthCheckRegistry checks = application.getEnvironment().healthChecks();
            await().until(
                            () -> checks.runHealthCheck("logdna").getMessage(),
                            message -> message.contains("audit: key refused") && message.contains("root: key refused"));
            JsonNode health = health();
            assertThat(health.path("healthy").asBoolean()).isTrue();
            assertThat(health.path("message").asText())
                    .containsPattern("audit: key refused since 20.*Z because answered 403")
                    .contains("root: key refused")
                    .contains("requests: idle");
            assertThat(health.path("appenders")
                            .path("audit")
                            .path("bufferLines")
                            .asLong())
                    .isEqualTo(ChattyApplication.LINES);
            assertThat(task(""))
                    .containsPattern("(?m)^audit$\n  state      key refused since .*\n  endpoint   " + endpoint.url())
                    .containsPattern("(?m)^  accepted   300$\n  delivered  0$\n  recovered  0$\n  dropped    0$")
                    .containsPattern("(?m)^  buffer     300 lines, \\d+ bytes, the oldest for \\d+ ms$")
                    .containsPattern("(?m)^root$")
                    .containsPattern("(?m)^requests$")
                    .doesNotContain(ChattyApplication.KEY);
        }
    }

    @Test
    void hasMetricsOfEachAppenderAndTheirSums() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            start(ChattyApplication.configuration(endpoint, "flushInterval: 10ms, shutdownTimeout: 30s"));
            task("?flush=true");

            Map<String, Meter> meters = application.getEnvironment().metrics().getMeters();
            // The request for the task is logged after its answer: no line may come between the sum and its parts.
            await().until(() -> meters.get("logdna.requests.lines.accepted").getCount() == 1);
            assertThat(meters.get("logdna.audit.lines.delivered").getCount()).isEqualTo(ChattyApplication.LINES);
            assertThat(Stream.of("audit", "root", "requests")
                            .mapToLong(name -> meters.get("logdna." + name + ".lines.accepted")
                                    .getCount())
                            .sum())
                    .isEqualTo(meters.get("logdna.lines.accepted").getCount());
            Timer requests = application.getEnvironment().metrics().timer("logdna.audit.requests");
            await().until(() -> requests.getCount() > 0); // counted after the response
            assertThat(application.getEnvironment().metrics().getGauges())
                    .containsKeys("logdna.audit.buffer.bytes", "logdna.requests.oldest-line-age-ms");
            application.after(); // while the endpoint is still there, or the shutdown would wait for it
        }
    }

    @Test
    void theTaskFlushes() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            start(ChattyApplication.configuration(endpoint, "flushInterval: 1h, shutdownTimeout: 30s"));
            assertThat(endpoint.lines()).isEmpty();

            assertThat(task("?flush=true")).containsPattern("^flushed: \\d{3,} lines were in the buffer, 0 are now");

            assertThat(endpoint.lines().meta("logger", ChattyApplication.AUDIT).texts())
                    .hasSize(ChattyApplication.LINES);
            assertThat(endpoint.lines().meta("logger", ChattyApplication.PLAIN).texts())
                    .hasSize(ChattyApplication.LINES);
            application.after(); // while the endpoint is still there: the request itself was logged
        }
    }

    @Test
    void theHealthCheckFailsOnLossIfTheApplicationWantsThat() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.answer(401);
            Path file = Files.writeString(
                    directory.resolve("config.yml"),
                    ChattyApplication.configuration(endpoint, "flushInterval: 10ms, shutdownTimeout: 10ms"));
            application = new DropwizardAppExtension<>(StrictBundle.class, file.toString());
            application.before();

            await().untilAsserted(() ->
                    assertThat(health().path("healthy").asBoolean()).isFalse());
            assertThat(health().path("message").asText()).contains("key refused");
        }
    }

    /** An application whose bundle is strict. */
    public static final class StrictBundle extends Application<ChattyApplication.Settings> {

        @Override
        public void initialize(Bootstrap<ChattyApplication.Settings> bootstrap) {
            bootstrap.addBundle(new LogDnaBundle<ChattyApplication.Settings>().failHealthCheckOnLoss());
        }

        @Override
        public void run(ChattyApplication.Settings settings, Environment environment) {
            ChattyApplication.chat("run");
        }
    }

    @Test
    void addedTwiceIsHarmless() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            Path file = Files.writeString(
                    directory.resolve("config.yml"), ChattyApplication.configuration(endpoint, "shutdownTimeout: 30s"));
            application = new DropwizardAppExtension<>(TwoBundles.class, file.toString());
            application.before();

            assertThat(health().path("healthy").asBoolean()).isTrue();
            assertThat(task("?flush=true")).contains("root", "audit", "requests");
            application.after();
            assertThat(endpoint.lines()).isNotEmpty();
        }
    }

    /** An application that adds the bundle, and a bundle that does, too. */
    public static final class TwoBundles extends Application<ChattyApplication.Settings> {

        @Override
        public void initialize(Bootstrap<ChattyApplication.Settings> bootstrap) {
            bootstrap.addBundle(new LogDnaBundle<>());
            bootstrap.addBundle(new LogDnaBundle<>());
            new Cli(new JarLocation(TwoBundles.class), bootstrap, System.out, System.err); // where commands would clash
        }

        @Override
        public void run(ChattyApplication.Settings settings, Environment environment) {}
    }

    @Test
    void reportsThatThereIsNoAppender() throws Exception {
        start("""
                server:
                  applicationConnectors: [{type: http, port: 0}]
                  adminConnectors: [{type: http, port: 0}]
                  requestLog: {appenders: []}
                logging: {appenders: [{type: console, threshold: WARN}, {type: logdna, enabled: false}]}
                """);

        assertThat(health().path("message").asText()).startsWith("no logdna appender");
        assertThat(health().path("healthy").asBoolean()).isTrue();
        assertThat(task("?flush=true")).contains("no logdna appender");
    }

    private void start(String yaml) throws Exception {
        Path file = Files.writeString(directory.resolve("config.yml"), yaml);
        application = new DropwizardAppExtension<>(ChattyApplication.class, file.toString());
        application.before();
    }

    private JsonNode health() throws Exception {
        try (Response response = application
                .client()
                .target("http://localhost:" + application.getAdminPort() + "/healthcheck")
                .request()
                .property("jersey.config.client.readTimeout", 40_000)
                .get()) {
            return new ObjectMapper()
                    .readTree(response.readEntity(String.class))
                    .path("logdna");
        }
    }

    private String task(String query) {
        return application
                .client()
                .target("http://localhost:" + application.getAdminPort() + "/tasks/logdna" + query)
                .request()
                .property("jersey.config.client.readTimeout", 40_000)
                .post(Entity.text(""), String.class);
    }
}
