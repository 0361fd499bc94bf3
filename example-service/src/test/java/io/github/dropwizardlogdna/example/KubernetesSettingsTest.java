package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLine;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The service as the manifest runs it, in a process of its own: its configuration, its environment, its probes. */
class KubernetesSettingsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @RegisterExtension
    static final LocalLogDna LOGDNA = LocalLogDna.start().withPatience(PATIENCE);

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private Process service;
    private int port;
    private int adminPort;

    private void start() throws IOException {
        KubernetesManifest manifest = KubernetesManifest.read();
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) { // both at once, so that they differ
            port = one.getLocalPort();
            adminPort = other.getLocalPort();
        }
        Path config = directory.resolve("config.yml");
        Files.writeString(
                config,
                manifest.config()
                        .replace("port: 8080", "port: " + port)
                        .replace("port: 8081", "port: " + adminPort)
                        .replace("/var/spool/logdna", directory.resolve("spool").toString()));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        for (JsonNode option : manifest.container().get("command")) {
            if (option.asText().startsWith("-XX:")) {
                command.add(option.asText());
            }
        }
        command.addAll(List.of(OrderApplication.class.getName(), "server", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out.log").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.contains("LOGDNA") || name.startsWith("MZ_"));
        manifest.environment().forEach((name, variable) -> environment.put(name, valueOf(variable)));
        environment.put("LOGDNA_INGESTION_KEY", LOGDNA.ingestionKey());
        environment.put("LOGDNA_URL", LOGDNA.url());
        service = builder.start();
        await().atMost(PATIENCE).until(() -> answers(adminPort, "/ping"));
    }

    /** What Kubernetes would put in. */
    private static String valueOf(JsonNode variable) {
        return variable.has("value")
                ? variable.get("value").asText()
                : "the "
                        + variable.findValue("valueFrom")
                                .elements()
                                .next()
                                .path("fieldPath")
                                .asText();
    }

    private boolean answers(int to, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + to + path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // not yet
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("out.log"));
    }

    private void placeAnOrder() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/orders"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea-01\",\"quantity\":2,\"unitPrice\":4.90}]}"))
                .build();
        assertThat(client.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
    }

    @AfterEach
    void end() throws Exception {
        service.destroy();
        if (!service.waitFor(60, TimeUnit.SECONDS)) {
            service.destroyForcibly().waitFor();
        }
    }

    @Test
    void shipsWithHostNamespaceAndPodAndAnswersItsProbesWhileLogDnaIsAway() throws Exception {
        LOGDNA.answer(503);
        start();
        placeAnOrder();

        for (JsonNode probe : KubernetesManifest.read().container().findValues("httpGet")) {
            assertThat(answers(adminPort, probe.get("path").asText()))
                    .as(probe.toString())
                    .isTrue();
        }

        // The report of the outage is shown: before it, no request may have met the outage.
        await().atMost(PATIENCE).until(() -> output().contains("503"));
        LOGDNA.takeAll();
        ReceivedLine line = LOGDNA.awaitLine("Order placed");
        assertThat(line.hostname()).isEqualTo("the spec.nodeName");
        assertThat(line.tags()).containsExactly("kubernetes", "orders");
        assertThat(line.env()).isEqualTo("production");
        assertThat(line.meta("pod").asText()).isEqualTo("the metadata.name");
        assertThat(line.meta("namespace").asText()).isEqualTo("the metadata.namespace");
        assertThat(LOGDNA.awaitLine("An order was placed").app()).isEqualTo("orders-audit");
        assertThat(LOGDNA.awaitLine("POST /orders").meta("pod").asText()).isEqualTo("the metadata.name");
        assertThat(LOGDNA.lines().text("/ping")).isEmpty();
        assertThat(LOGDNA.lines().text("/healthcheck")).isEmpty();
        assertThat(output()).contains("Appender 'logdna' ships to");
    }
}
