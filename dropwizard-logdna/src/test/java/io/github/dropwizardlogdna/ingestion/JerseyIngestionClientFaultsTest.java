package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import io.github.dropwizardlogdna.testing.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of the endpoint and of the network. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JerseyIngestionClientFaultsTest {

    private static final RequestBody SMALL =
            new RequestBody("{\"lines\":[{\"line\":\"BODY\"}]}".getBytes(UTF_8), false, 1);
    /** More than the buffers of a connection can hold. */
    private static final RequestBody HUGE = new RequestBody(new byte[16 * 1024 * 1024], false, 1);

    /** For tests that wait until it is over. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Duration LONG = Duration.ofMinutes(1);
    /** What drips at this rate takes longer than the short timeout. */
    private static final Duration DRIP = Duration.ofMillis(50);

    @TempDir
    static Path directory;

    private static SSLContext trusted;

    private final ExecutorService sender = Executors.newSingleThreadExecutor();
    private MisbehavingServer server;
    private IngestionClient client;

    @BeforeAll
    static void makeACertificate() throws IOException, InterruptedException, GeneralSecurityException {
        trusted = TestCertificate.of("dns:localhost", directory).context();
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        sender.shutdownNow();
    }

    // One body, one request

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neverSendsASecondPostWhenTheServerClosesWithoutAnAnswer(boolean tls) {
        start(tls, MisbehavingServer.closeWithoutAnAnswer(), LONG);

        Verdict verdict = client.send(SMALL);

        assertThat(verdict.outcome()).isEqualTo(Outcome.NO_RESPONSE);
        assertThat(server.begun()).isEqualTo(1);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void neverSendsASecondPostWhenAKeptConnectionIsClosedInstead() {
        start(false, MisbehavingServer.answer(200), LONG);
        assertThat(client.send(SMALL).outcome()).isEqualTo(Outcome.DELIVERED);
        server.behave(MisbehavingServer.closeWithoutAnAnswer());

        assertThat(client.send(SMALL).outcome()).isEqualTo(Outcome.NO_RESPONSE);

        assertThat(server.begun()).isEqualTo(2);
        assertThat(server.connections()).isEqualTo(1);
        server.behave(MisbehavingServer.answer(200));
        assertThat(client.send(SMALL).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @ParameterizedTest
    @CsvSource({
        "401, KEY_REFUSED,      ''",
        "401, KEY_REFUSED,      'WWW-Authenticate: Basic realm=\"x\"'",
        "401, KEY_REFUSED,      'WWW-Authenticate: Negotiate'",
        "401, KEY_REFUSED,      'WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"'",
        "403, KEY_REFUSED,      ''",
        "407, SETTING_AT_FAULT, ''",
        "407, SETTING_AT_FAULT, 'Proxy-Authenticate: Basic realm=\"x\"'",
    })
    void anAuthenticationThatIsAskedForIsAnAnswer(int status, Outcome outcome, String header) {
        String[] headers = header.isEmpty() ? new String[0] : new String[] {header};
        start(false, MisbehavingServer.answer(status, headers), LONG);

        assertThat(client.send(SMALL).outcome()).isEqualTo(outcome);
        assertThat(server.begun()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "407, SETTING_AT_FAULT, ''",
        "407, SETTING_AT_FAULT, 'Proxy-Authenticate: Basic realm=\"x\"'",
        "503, RETRY,            ''",
    })
    void aProxyThatLetsNothingThroughIsNamedAndNotEvaded(int status, Outcome outcome, String header) {
        String[] headers = header.isEmpty() ? new String[0] : new String[] {header};
        start(true, MisbehavingServer.answer(200), LONG);
        try (MisbehavingServer proxy = MisbehavingServer.http(MisbehavingServer.answer(status, headers))) {
            System.setProperty("https.proxyHost", "localhost");
            System.setProperty(
                    "https.proxyPort", String.valueOf(proxy.endpoint().getPort()));
            System.setProperty("http.nonProxyHosts", "");

            Verdict verdict = client.send(SMALL);

            assertThat(verdict.outcome()).isEqualTo(outcome);
            assertThat(verdict.reason()).contains("check proxy");
            assertThat(proxy.requests())
                    .allSatisfy(request -> assertThat(request.header("apikey")).isNull())
                    .isNotEmpty();
            assertThat(server.connections()).isZero();
        } finally {
            System.clearProperty("https.proxyHost");
            System.clearProperty("https.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
    }

    // Keep-alive

    @ParameterizedTest
    @CsvSource({"200,false", "200,true", "207,false", "400,false", "400,true", "404,false", "429,false", "503,true"})
    void twentyRequestsTakeOneConnection(int status, boolean tls) {
        start(tls, MisbehavingServer.answerWithBody(status, "{\"status\":\"" + "x".repeat(20_000) + "\"}"), LONG);

        IntStream.range(0, 20).forEach(i -> client.send(SMALL));

        assertThat(server.requests()).hasSize(20);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void aConnectionThatWasClosedWhileIdleCostsNothing() {
        start(false, MisbehavingServer.closeTheIdleConnection(200), LONG);

        for (int i = 0; i < 5; i++) {
            assertThat(client.send(SMALL).outcome()).isEqualTo(Outcome.DELIVERED);
            await().until(() -> server.openConnections() == 0);
        }
        assertThat(server.requests()).hasSize(5);
    }

    @Test
    void closingReleasesTheConnection() {
        start(true, MisbehavingServer.answer(200), LONG);
        client.send(SMALL);

        client.close();

        await().until(() -> server.openConnections() == 0);
    }

    // Every fault is reported, and affects no later request

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        LONG, MisbehavingServer.resetInTheMiddle(), Outcome.NO_RESPONSE, "closed the connection|broke"),
                Arguments.of(
                        LONG,
                        MisbehavingServer.resetAfterTheRequest(),
                        Outcome.NO_RESPONSE,
                        "closed the connection|broke"),
                Arguments.of(LONG, MisbehavingServer.closeWithoutAnAnswer(), Outcome.NO_RESPONSE, "without an answer"),
                Arguments.of(LONG, MisbehavingServer.halfClose(), Outcome.NO_RESPONSE, "without an answer"),
                Arguments.of(SHORT, MisbehavingServer.neverAnswer(), Outcome.TIMED_OUT, "no answer from .* within 1 s"),
                Arguments.of(
                        LONG, MisbehavingServer.garbage(), Outcome.NO_RESPONSE, "not answer in HTTP|status that HTTP"),
                Arguments.of(LONG, MisbehavingServer.htmlBadGateway(), Outcome.SERVER_ERROR, "502 Bad Gateway"),
                Arguments.of(SHORT, MisbehavingServer.stallInTheBody(200), Outcome.DELIVERED, "200 OK"),
                Arguments.of(SHORT, MisbehavingServer.stallInTheBody(207), Outcome.TIMED_OUT, "no answer"),
                Arguments.of(SHORT, MisbehavingServer.stallInTheBody(400), Outcome.BAD_REQUEST, "400 Bad Request"),
                Arguments.of(SHORT, MisbehavingServer.dripTheBody(200, DRIP), Outcome.DELIVERED, "200 OK"),
                Arguments.of(
                        SHORT,
                        MisbehavingServer.dripTheBody(207, DRIP),
                        Outcome.TIMED_OUT,
                        "no answer from .* within 1 s"),
                Arguments.of(LONG, MisbehavingServer.endlessBody(200), Outcome.DELIVERED, "200 OK"),
                Arguments.of(LONG, MisbehavingServer.endlessBody(207), Outcome.DELIVERED, "207"),
                Arguments.of(LONG, MisbehavingServer.endlessBody(500), Outcome.SERVER_ERROR, "500"));
    }

    @Test
    void aResetBeforeTheRequestBeginsSaysNothingAboutItsLines() {
        start(true, MisbehavingServer.resetAtOnce(), LONG); // in the handshake

        Verdict verdict = client.send(SMALL);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason()).containsPattern("closed the connection|broke|terminated");
        server.behave(MisbehavingServer.answer(200));
        HealthyRequest.isDelivered(client, SMALL);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aFaultIsDescribedAndAffectsNoLaterRequest(Duration limit, Behaviour fault, Outcome outcome, String words) {
        for (boolean tls : new boolean[] {false, true}) {
            start(tls, fault, limit);

            Verdict verdict = client.send(SMALL);

            assertThat(verdict.outcome()).as("tls: %s, %s", tls, verdict).isEqualTo(outcome);
            assertThat(verdict.reason()).containsPattern(words);
            assertThat(verdict.toString()).doesNotContain("the-key").doesNotContain("hostname=");
            assertThat(server.begun()).isLessThanOrEqualTo(1);
            server.behave(MisbehavingServer.answer(200));
            HealthyRequest.isDelivered(client, SMALL);
            server.close();
        }
    }

    static Stream<Arguments> whatDoesNotEnd() {
        return Stream.of(
                Arguments.of(MisbehavingServer.endlessBody(200), false),
                Arguments.of(MisbehavingServer.endlessBody(207), true),
                // Only with TLS: without it the JDK reads the rest of a short body in the background for some
                // seconds.
                Arguments.of(MisbehavingServer.dripTheBody(200, DRIP), true),
                Arguments.of(MisbehavingServer.dripTheHead(DRIP), false),
                Arguments.of(MisbehavingServer.dripTheHead(DRIP), true));
    }

    @ParameterizedTest
    @MethodSource("whatDoesNotEnd")
    void aConnectionOnWhichTheAnswerDoesNotEndIsClosed(Behaviour endless, boolean tls) throws Exception {
        start(tls, endless, SHORT);
        client.send(SMALL);

        await().until(() -> server.openConnections() == 0);
    }

    @Test
    void connectsOnceForEachRequest() {
        server = MisbehavingServer.https(trusted, MisbehavingServer.answer(200));
        client = client(server.endpoint(), LONG, null);

        client.send(SMALL);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void describesARefusedConnection() {
        URI endpoint = MisbehavingServer.refusing();
        client = client(endpoint, LONG, null);

        assertThat(client.send(SMALL)).satisfies(verdict -> {
            assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
            assertThat(verdict.reason()).isEqualTo("can't connect to " + endpoint + ": Connection refused");
        });
    }

    @Test
    void describesAnUnknownHost() {
        client = client(URI.create("http://no-such-host.invalid/path?token=secret"), LONG, null);

        assertThat(client.send(SMALL).reason()).startsWith("unknown host no-such-host.invalid");
    }

    @Test
    void reportsAnIllegalKeyWithoutShowingIt() {
        start(false, MisbehavingServer.answer(200), LONG);
        client = new JerseyIngestionClient(settings(server.endpoint(), "the\nkey", LONG, null));

        Verdict verdict = client.send(SMALL);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason()).contains("ingestionKey").doesNotContain("the\nkey");
    }

    @Test
    void describesAHostnameThatCannotBeFound() {
        IngestionSettings settings = new IngestionSettings(
                URI.create("http://localhost:1"),
                "the-key",
                () -> {
                    throw new IllegalStateException("the-key");
                },
                null,
                null,
                List.of(),
                LONG,
                LONG,
                null,
                null);

        assertThat(new JerseyIngestionClient(settings).send(SMALL)).satisfies(verdict -> {
            assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
            assertThat(verdict.reason()).doesNotContain("the-key");
        });
    }

    @Test
    void readsAResponseThatArrivesBeforeTheBodyWasSent() {
        start(false, MisbehavingServer.answerBeforeTheBodyWasRead(413), LONG);

        assertThat(client.send(HUGE).outcome()).isEqualTo(Outcome.TOO_LARGE);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "others throw away what was received before a reset")
    void readsAResponseThatArrivesBeforeAReset() {
        start(false, MisbehavingServer.answerAndResetBeforeTheBodyWasRead(413), LONG);

        assertThat(client.send(HUGE).outcome()).isEqualTo(Outcome.TOO_LARGE);
    }

    // TLS

    @Test
    void describesAnUntrustedCertificate() {
        server = MisbehavingServer.https(trusted, MisbehavingServer.answer(200));
        client = client(server.endpoint(), LONG, null);

        Verdict verdict = client.send(SMALL);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason()).contains("certificate is not trusted; check tls");
        assertThat(server.begun()).isZero();
    }

    @Test
    void theNameOfTheHostIsVerified() throws IOException, InterruptedException, GeneralSecurityException {
        SSLContext ofAnother =
                TestCertificate.of("dns:other.example", directory).context();
        server = MisbehavingServer.https(ofAnother, MisbehavingServer.answer(200));
        client = client(server.endpoint(), LONG, ofAnother);

        Verdict verdict = client.send(SMALL);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason()).contains("TLS").contains("localhost");
        assertThat(server.begun()).isZero();
    }

    @Test
    void anUnansweredHandshakeTimesOut() {
        server = MisbehavingServer.http(MisbehavingServer.hang());
        client = client(https(server.endpoint()), SHORT, trusted);

        assertThat(client.send(SMALL)).satisfies(verdict -> {
            assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
            assertThat(verdict.reason()).contains("no answer");
        });
    }

    // Aborts

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void abortsAnOverdueRequestToAServerThatNeverReads(boolean tls) throws Exception {
        start(tls, readTheHeadOnly(), SHORT);
        Verdict verdict = client.send(HUGE);

        assertThat(verdict)
                .isEqualTo(Verdict.of(Outcome.TIMED_OUT, "no answer from " + server.endpoint() + " within 1 s"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void abortsAnOverdueResponseThatDrips(boolean tls) throws Exception {
        start(tls, MisbehavingServer.dripTheHead(DRIP), SHORT);
        Verdict verdict = client.send(SMALL);

        assertThat(verdict)
                .isEqualTo(Verdict.of(Outcome.TIMED_OUT, "no answer from " + server.endpoint() + " within 1 s"));
    }

    @Test
    void abortsAnOverdueHandshakeThatDrips() throws Exception {
        // The head of a TLS record that announces more bytes than follow.
        server = MisbehavingServer.http(
                connection -> connection.drip("\u0016\u0003\u0003 \u0000" + "\u0000".repeat(10_000), DRIP));
        client = client(https(server.endpoint()), SHORT, trusted);
        Verdict verdict = client.send(SMALL);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason()).matches("no connection to https://.* within 2 s");
    }

    static Stream<Arguments> whatHangs() {
        return Stream.of(
                        MisbehavingServer.neverAnswer(),
                        readTheHeadOnly(),
                        MisbehavingServer.dripTheHead(DRIP),
                        MisbehavingServer.dripTheBody(207, DRIP))
                .flatMap(behaviour -> Stream.of(Arguments.of(behaviour, false), Arguments.of(behaviour, true)));
    }

    @ParameterizedTest
    @MethodSource("whatHangs")
    void aHangingRequestCanBeAbortedAtAnyTime(Behaviour hang, boolean tls) throws Exception {
        start(tls, hang, LONG);
        Future<Verdict> verdict = sender.submit(() -> client.send(HUGE));
        await().until(() -> server.begun() == 1);

        client.cutOff();

        assertThat(verdict.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.RETRY);
        assertThat(server.begun()).isEqualTo(1);
        server.behave(MisbehavingServer.answer(200));
        assertThat(sender.submit(() -> client.send(SMALL)).get().outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAbortAffectsNoOtherRequest(boolean tls) throws Exception {
        start(tls, MisbehavingServer.answer(200), LONG);
        CompletableFuture<Void> stop = new CompletableFuture<>();
        Future<?> cutter = sender.submit(() -> {
            while (!stop.isDone()) {
                client.cutOff();
            }
        });
        IntStream.range(0, 100).forEach(i -> client.send(SMALL));
        stop.complete(null);
        cutter.get();

        assertThat(client.send(SMALL).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void anAbortBeforeARequestDoesNotAffectIt() {
        start(false, MisbehavingServer.answer(200), LONG);

        client.cutOff();

        assertThat(client.send(SMALL).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void reportsAnAbortedRequest() throws Exception {
        start(false, MisbehavingServer.neverAnswer(), LONG);
        Future<Verdict> verdict = sender.submit(() -> client.send(SMALL));
        await().until(() -> server.begun() == 1);

        client.cutOff();

        assertThat(verdict.get().reason()).contains("cut off");
    }

    private void start(boolean tls, Behaviour behaviour, Duration timeout) {
        server = tls ? MisbehavingServer.https(trusted, behaviour) : MisbehavingServer.http(behaviour);
        client = client(server.endpoint(), timeout, trusted);
    }

    private static Behaviour readTheHeadOnly() {
        return connection -> {
            connection.readHead();
            connection.hang();
        };
    }

    private static URI https(URI http) {
        return URI.create(http.toString().replace("http:", "https:"));
    }

    private static IngestionClient client(URI endpoint, Duration timeout, SSLContext tls) {
        return new JerseyIngestionClient(settings(endpoint, "the-key", timeout, tls));
    }

    private static IngestionSettings settings(URI endpoint, String key, Duration timeout, SSLContext tls) {
        return new IngestionSettings(endpoint, key, () -> "host", null, null, List.of(), timeout, timeout, null, tls);
    }
}
