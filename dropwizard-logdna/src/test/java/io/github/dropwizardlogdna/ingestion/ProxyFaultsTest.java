package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A proxy that fails or refuses. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyFaultsTest {

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{}]}".getBytes(UTF_8), false, 1);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration DRIP = Duration.ofMillis(20);

    private MisbehavingServer proxy;
    private IngestionClient client;

    @AfterEach
    void close() {
        client.close();
        proxy.close();
    }

    @ParameterizedTest
    @CsvSource({
        "401, SETTING_AT_FAULT",
        "403, SETTING_AT_FAULT",
        "404, SETTING_AT_FAULT",
        "407, SETTING_AT_FAULT",
        "302, SETTING_AT_FAULT",
        "429, RETRY",
        "500, RETRY",
        "502, RETRY",
        "503, RETRY"
    })
    void aRefusedTunnelIsTheProxysAndQuotesNothingOfIt(int status, Outcome outcome) {
        start(
                connection -> {
                    connection.readHead();
                    connection.write("HTTP/1.1 " + status
                            + " forged \u0085 words\r\nX-Echo: p@ss\r\nContent-Length: 4\r\n\r\np@ss");
                    connection.discardUntilClosed();
                },
                "https://logs.example",
                LONG);

        Verdict verdict = client.send(BODY);

        assertThat(verdict.outcome()).isEqualTo(outcome);
        assertThat(verdict.remedy()).isEqualTo(Remedy.PROXY);
        assertThat(verdict.reason())
                .startsWith("the proxy answered " + status)
                .endsWith("; check proxy")
                .doesNotContain("forged", "p@ss", "key was refused");
        assertThat(proxy.begun()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"401", "403"})
    void aRefusalThatMayComeFromTheProxyDoesNotBlameTheKey(int status) {
        start(MisbehavingServer.answer(status), "http://logs.example", LONG);

        Verdict verdict = client.send(BODY);

        assertThat(verdict.outcome()).isEqualTo(Outcome.SETTING_AT_FAULT);
        assertThat(verdict.remedy()).isEqualTo(Remedy.KEY_OR_PROXY);
        assertThat(verdict.reason())
                .contains("the endpoint or the proxy refused")
                .doesNotContain("key was refused");
    }

    static List<Arguments> whatHangs() {
        return List.of(
                Arguments.of("hangs", (Behaviour) MisbehavingServer.Connection::discardUntilClosed),
                Arguments.of("drips", (Behaviour) connection -> {
                    connection.readHead();
                    connection.drip("HTTP/1.1 200 OK\r\nX-Padding: " + "x".repeat(10_000), DRIP);
                }),
                Arguments.of("drips interim answers", (Behaviour) connection -> {
                    connection.readHead();
                    connection.drip("HTTP/1.1 100 Continue\r\n\r\n".repeat(10), DRIP);
                    connection.discardUntilClosed();
                }),
                Arguments.of("hangs behind the tunnel", (Behaviour) connection -> {
                    connection.readHead();
                    connection.write("HTTP/1.1 200 OK\r\n\r\n");
                    connection.discardUntilClosed();
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatHangs")
    void aHangingTunnelTimesOut(String name, Behaviour hang) {
        start(hang, "https://logs.example", SHORT);

        Verdict verdict = client.send(BODY);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason()).matches("no (connection to|answer from) https://logs.example within \\d+ s");
        await().until(() -> proxy.openConnections() == 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatHangs")
    void aHangingTunnelCanBeAborted(String name, Behaviour hang) throws Exception {
        start(hang, "https://logs.example", LONG);
        CompletableFuture<Verdict> verdict = CompletableFuture.supplyAsync(() -> client.send(BODY));
        await().until(() -> proxy.connections() == 1);

        await().until(() -> {
            client.cutOff(); // the connection may not be the client's to close yet
            return verdict.isDone();
        });

        assertThat(verdict.get(10, TimeUnit.SECONDS).reason()).contains("cut off");
        await().until(() -> proxy.openConnections() == 0);
    }

    /** A client for a host behind the proxy; without an endpoint, the proxy is the endpoint. */
    private void start(Behaviour behaviour, String endpoint, Duration limit) {
        proxy = MisbehavingServer.http(behaviour);
        String url = "http://user:p%40ss@localhost:" + proxy.endpoint().getPort();
        client = new JerseyIngestionClient(new IngestionSettings(
                endpoint == null ? proxy.endpoint() : URI.create(endpoint),
                "the-key",
                () -> "host",
                null,
                null,
                List.of(),
                limit,
                limit,
                endpoint == null ? null : HttpProxy.parse(url),
                null));
    }
}
