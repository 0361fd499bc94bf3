package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An endless answer costs a bounded number of bytes and at most {@code timeout}, whichever part is endless. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileAnswersTest {

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{\"line\":\"x\"}]}".getBytes(UTF_8), false, 1);
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration DRIP = Duration.ofMillis(20);
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

    /** Far more than the client may read and the buffers of the connection can hold. */
    private static final long MUCH = 64L * 1024 * 1024;

    private final AtomicLong written = new AtomicLong();
    private MisbehavingServer server;
    private IngestionClient client;

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    static Stream<Arguments> parts() {
        return Stream.of(
                Arguments.of("trailers", CHUNKED + "0\r\n", "X-Trailer: " + "x".repeat(1_000) + "\r\n", true),
                Arguments.of("small trailers", CHUNKED + "0\r\n", "a:\r\n", true),
                Arguments.of("one trailer", CHUNKED + "0\r\nX-Trailer: ", "x".repeat(1_000), true),
                Arguments.of("chunk size", CHUNKED, "0".repeat(1_000), true),
                Arguments.of("chunk extension", CHUNKED + "1;", "x".repeat(1_000), true),
                Arguments.of("small chunks", CHUNKED, "1;" + "x".repeat(5_000) + "\r\nx\r\n", true),
                Arguments.of("body", OK + "\r\n", "x".repeat(1_000), true),
                Arguments.of("headers", OK, "X-Header: " + "x".repeat(1_000) + "\r\n", false),
                Arguments.of("small headers", OK, "a:\r\n", false),
                Arguments.of("one header", OK + "X-Header: ", "x".repeat(1_000), false),
                Arguments.of("reason", "HTTP/1.1 200 ", "x".repeat(1_000), false),
                Arguments.of("empty lines", "", "\r\n", false),
                Arguments.of("interim answers", "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", false),
                Arguments.of("100", "", "HTTP/1.1 100 Continue\r\n\r\n", false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void readsNoPartOfAResponseWithoutLimit(String part, String beginning, String endless, boolean taken) {
        start(
                connection -> {
                    connection.readRequest();
                    connection.write(beginning);
                    String much = endless.repeat(1 + 8_000 / endless.length());
                    while (written.get() < MUCH) {
                        connection.write(much);
                        written.addAndGet(much.length());
                    }
                    connection.close();
                },
                LONG);

        assertThat(client.send(BODY).outcome()).isEqualTo(taken ? Outcome.DELIVERED : Outcome.NO_RESPONSE);

        await().until(() -> server.openConnections() == 0);
        assertThat(written.get()).isLessThan(MUCH);
        isUnharmed();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("parts")
    void waitsForNoPartOfAResponseBeyondTheTimeout(String part, String beginning, String endless, boolean taken) {
        start(
                connection -> {
                    connection.readRequest();
                    connection.write(beginning);
                    connection.drip(endless.repeat(1 + 10_000 / endless.length()), DRIP);
                },
                SHORT);

        Verdict verdict = client.send(BODY);

        // Slow interim answers may reach their limit before the deadline: either ends the request.
        List<Outcome> kept = List.of(Outcome.TIMED_OUT, Outcome.NO_RESPONSE);
        assertThat(verdict.outcome()).isIn(taken ? List.of(Outcome.DELIVERED) : kept);
        await().until(() -> server.openConnections() == 0);
        isUnharmed();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 199})
    void skipsInterimResponses(int status) {
        String interim = "HTTP/1.1 " + status + " Wait\r\nLink: </style.css>; rel=preload\r\n\r\n";
        start(
                connection -> {
                    connection.readRequest();
                    connection.write(interim + interim);
                    connection.answer(200, "{}");
                },
                LONG);

        for (int i = 0; i < 3; i++) {
            assertThat(client.send(BODY)).isEqualTo(Verdict.of(Outcome.DELIVERED, "answered 200 OK"));
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void refusesAnotherProtocolThanHttp() {
        start(
                connection -> {
                    connection.readRequest();
                    connection.write(
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade\r\n\r\n");
                    connection.discardUntilClosed();
                },
                LONG);

        assertThat(client.send(BODY).reason()).isEqualTo("answered 101");
        isUnharmed();
    }

    @Test
    void anUnsolicitedResponseIsNotTakenForAnAnswer() throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(1);
        start(
                connection -> {
                    connection.readRequest();
                    connection.answer(200, "{}");
                    connection.write("HTTP/1.1 400 Too Slow\r\nContent-Length: 0\r\n\r\n");
                    sent.countDown();
                    connection.hang();
                },
                LONG);
        assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(sent.await(1, TimeUnit.MINUTES)).isTrue();

        isUnharmed();
    }

    @Test
    void keepsAConnectionNoLongerThanTheServerAllows() {
        start(MisbehavingServer.answer(200, "Keep-Alive: timeout=2, max=100"), LONG);
        client.send(BODY);
        assertThat(server.openConnections()).isEqualTo(1);

        await().until(() -> server.openConnections() == 0);

        isUnharmed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Keep-Alive: timeout=0", "Keep-Alive: timeout=1", "Connection: close"})
    void closesAConnectionThatMustNotBeKept(String header) {
        start(MisbehavingServer.answer(200, header), LONG);

        client.send(BODY);
        client.send(BODY);

        assertThat(server.connections()).isEqualTo(2);
    }

    private void isUnharmed() {
        server.behave(MisbehavingServer.answer(200));
        HealthyRequest.isDelivered(client, BODY);
    }

    private void start(Behaviour behaviour, Duration timeout) {
        server = MisbehavingServer.http(behaviour);
        client = new JerseyIngestionClient(new IngestionSettings(
                server.endpoint(), "the-key", () -> "host", null, null, List.of(), timeout, timeout, null, null));
    }
}
