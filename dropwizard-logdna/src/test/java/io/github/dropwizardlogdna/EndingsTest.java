package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.ChattyApplication.AUDIT;
import static io.github.dropwizardlogdna.ChattyApplication.LINES;
import static io.github.dropwizardlogdna.ChattyApplication.PLAIN;
import static io.github.dropwizardlogdna.ChattyApplication.textsOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Each way for a process to end, in a JVM of its own: lines logged = lines delivered, in their order and none twice.
 *
 * <p>Nothing is due within the hour that {@code flushInterval} is set to, so what arrives does because of the ending.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
class EndingsTest {

    /** Several at once, because a child takes seconds to start; beside them runs one other class at the most. */
    @Test
    @Execution(ExecutionMode.CONCURRENT)
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    private @interface ChildJvmTest {}

    private static final String ONLY_AT_THE_END = "flushInterval: 1h, shutdownTimeout: 30s";
    private static final Pattern READY = Pattern.compile(ChattyApplication.READY);
    private static final int REQUESTS = 3;

    @TempDir
    Path directory;

    @ChildJvmTest
    void deliversAllWhenAServerIsTerminated() throws Exception {
        deliversAllOfATerminatedServer(List.of());
    }

    @ChildJvmTest
    void deliversAllWhenAServerWithoutTheBundleIsTerminated() throws Exception {
        deliversAllOfATerminatedServer(List.of("-D" + ChattyApplication.WITHOUT_BUNDLE + "=true"));
    }

    private void deliversAllOfATerminatedServer(List<String> options) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = start(endpoint, ONLY_AT_THE_END, options, "server")) {
            String port = child.awaitOutput(READY);
            List<String> phases = new ArrayList<>(List.of("run", "main"));
            for (int i = 0; i < REQUESTS; i++) {
                get(port, "chat");
                phases.add("request");
            }
            phases.add("stop");

            child.sendSigterm();

            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(143);
            assertDelivered(endpoint, phases.toArray(String[]::new));
            assertThat(endpoint.lines().meta("uri", "/chat")).hasSize(REQUESTS);
        }
    }

    @ChildJvmTest
    void deliversAllOfACommand() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = start(endpoint, ONLY_AT_THE_END, List.of(), ChattyApplication.COMMAND)) {
            child.endInput();

            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertDelivered(endpoint, "command", "main");
        }
    }

    @ChildJvmTest
    void deliversAllOfCheck() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = start(endpoint, ONLY_AT_THE_END, List.of(), "check")) {
            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(endpoint.lines()
                            .meta("logger", "io.dropwizard.core.cli.CheckCommand")
                            .texts())
                    .containsExactly("Configuration is OK");
            assertDelivered(endpoint, "main");
        }
    }

    @ChildJvmTest
    void deliversAllWhenTheApplicationFailsToStart() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = start(endpoint, ONLY_AT_THE_END, List.of("-Ddw.failInRun=true"), "server")) {
            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(1);
            assertThat(child.stderr()).contains("as the test asked for");
            assertDelivered(endpoint, "run");
        }
    }

    @ChildJvmTest
    void deliversAllWhenARequestExits() throws Exception {
        // Jetty waits for the request, which waits for Jetty.
        List<String> options = List.of("-Ddw.server.shutdownGracePeriod=1s");
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = start(endpoint, ONLY_AT_THE_END, options, "server")) {
            String port = child.awaitOutput(READY);

            sendAsync(port, "exit");

            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(3);
            assertDelivered(endpoint, "run", "main", "exit", "stop");
        }
    }

    @ChildJvmTest
    void deliversAllWhenMainExits() throws Exception {
        List<String> options = List.of("-D" + ChattyApplication.EXIT_FROM_MAIN + "=true");
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY);
                ChildJvm child = start(endpoint, ONLY_AT_THE_END, options, "server")) {
            assertThat(child.awaitExit()).as(child.toString()).isEqualTo(4);
            assertDelivered(endpoint, "run", "main", "stop");
        }
    }

    @ChildJvmTest
    void deliversAllOfASingleLoggersAppender() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            String configuration = """
                    logging:
                      loggers:
                        audit:
                          additive: false
                          appenders:
                            - %s
                      appenders:
                        - {type: console, threshold: WARN}
                    """.formatted(ChattyApplication.appender(endpoint, "audit", ONLY_AT_THE_END));
            try (ChildJvm child = start(configuration, List.of(), ChattyApplication.COMMAND)) {
                child.endInput();

                assertThat(child.awaitExit()).as(child.toString()).isZero();
                assertThat(endpoint.lines().meta("logger", AUDIT).texts())
                        .containsExactlyElementsOf(textsOf("command", "main"));
                assertThat(endpoint.lines()).hasSize(2 * LINES);
            }
        }
    }

    @ChildJvmTest
    void endsInTimeAndReportsAbandonedLinesIfTheEndpointHangs() throws Exception {
        String options = "flushInterval: 10ms, shutdownTimeout: 1s";
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.hang();
            try (ChildJvm child = start(endpoint, options, List.of(), "server")) {
                get(child.awaitOutput(READY), "chat");

                long start = System.nanoTime();
                child.sendSigterm();

                assertThat(child.awaitExit()).as(child.toString()).isEqualTo(143);
                // Less than the 30 s that the request may take, and enough beside the children of other tests.
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(25));
                assertThat(child.stderr())
                        // Those of Dropwizard's start are among them.
                        .containsPattern("Appender 'root': \\d{4} lines were abandoned")
                        .contains("Appender 'audit': "
                                + textsOf("run", "main", "request", "stop").size() + " lines were abandoned")
                        .contains("Appender 'requests': 1 line was abandoned")
                        .doesNotContain(ChattyApplication.KEY);
                assertThat(child.stdout()).doesNotContain(ChattyApplication.KEY);
            }
        }
    }

    private static void assertDelivered(LocalLogDna endpoint, String... phases) {
        assertThat(endpoint.lines().meta("logger", PLAIN).texts()).containsExactlyElementsOf(textsOf(phases));
        assertThat(endpoint.lines().meta("logger", AUDIT).texts()).containsExactlyElementsOf(textsOf(phases));
    }

    private ChildJvm start(LocalLogDna endpoint, String appenderOptions, List<String> options, String command)
            throws IOException {
        return start(ChattyApplication.configuration(endpoint, appenderOptions), options, command);
    }

    private ChildJvm start(String configuration, List<String> options, String command) throws IOException {
        Path file = Files.writeString(directory.resolve("config.yml"), configuration);
        return ChildJvm.start(directory, options, ChattyApplication.class, command, file.toString());
    }

    private static void get(String port, String path) throws IOException, InterruptedException {
        assertThat(HttpClient.newHttpClient()
                        .send(request(port, path), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    /** Without caring for an answer. */
    @SuppressWarnings("FutureReturnValueIgnored") // there will be none: it is the request that ends the process
    private static void sendAsync(String port, String path) {
        HttpClient.newHttpClient().sendAsync(request(port, path), BodyHandlers.discarding());
    }

    private static HttpRequest request(String port, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/" + path))
                .build();
    }
}
