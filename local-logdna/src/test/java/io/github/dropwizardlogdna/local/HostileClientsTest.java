package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.http.Limits;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.Line;
import io.github.dropwizardlogdna.local.tail.EventReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow, endless, numerous or exploding requests are refused in time, and other clients are served. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class HostileClientsTest {

    private static final String ONE_LINE = "{\"lines\":[{\"line\":\"hello\"}]}";

    /** Limits that are short enough for a test. */
    private static final Limits IMPATIENT = new Limits(
            50,
            12_000_000,
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofMillis(500),
            100_000,
            Duration.ofSeconds(10));

    private final Queue<Batch> arrived = new ConcurrentLinkedQueue<>();
    private final List<RawClient> clients = new ArrayList<>();
    private IngestionEndpoint endpoint;

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        endpoint.close();
    }

    @Test
    void servesOthersWhileManyBodiesDrip() throws Exception {
        start(Limits.standard());
        for (int i = 0; i < 100; i++) {
            client().send(RawClient.post("Content-Length: 1000\r\n")).send("{");
        }

        for (int i = 0; i < 3; i++) {
            assertThat(client().send(post(ONE_LINE)).answer()).startsWith("HTTP/1.1 200 ");
            assertThat(client().send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .answer())
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void refusesABodyThatArrivesTooSlowly() throws Exception {
        start(IMPATIENT);
        RawClient slow =
                client().send(RawClient.post("Content-Length: 1000\r\n")).send("{\"lines\"");

        assertThat(slow.answer()).startsWith("HTTP/1.1 408 ").contains("less than 100000 bytes a second");
        assertThat(slow.isClosed()).isTrue();
    }

    @Test
    void endsTheBodyOfARefusedRequestThatArrivesTooSlowly() throws Exception {
        start(IMPATIENT);
        RawClient slow = client().send("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");

        assertThat(slow.answer()).startsWith("HTTP/1.1 404 ");
        assertThat(slow.isClosed()).isTrue();
    }

    @Test
    void acceptsABodyThatArrivesSlowlyButNotTooSlowly() throws Exception {
        Limits patient = new Limits(
                50,
                12_000_000,
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                1,
                Duration.ofSeconds(10));
        start(patient);
        RawClient slow = client().send(RawClient.post("Content-Length: " + ONE_LINE.length() + "\r\n"));
        for (String c : ONE_LINE.split("")) {
            slow.send(c);
        }

        assertThat(slow.answer()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void refusesAHeadThatDrips() throws Exception {
        start(IMPATIENT);
        RawClient slow = client().send("POST /logs/ingest HTTP/1.1\r\nHost: loc");

        assertThat(slow.answer()).startsWith("HTTP/1.1 408 ");
        assertThat(slow.isClosed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000000000\r\n", "Transfer-Encoding: chunked\r\n"})
    void readsOnlyTheBeginningOfALargeRefusedBody(String length) throws Exception {
        start(Limits.standard());
        RawClient endless =
                client().send("POST /logs/ingest HTTP/1.1\r\nHost: localhost\r\napikey:\r\n" + length + "\r\n");
        byte[] chunk = ("10000\r\n" + "x".repeat(65_536) + "\r\n").getBytes(UTF_8);

        long sent = 0;
        try {
            while (sent < 2_000_000_000) {
                endless.send(chunk);
                sent += chunk.length;
            }
        } catch (IOException e) {
            // Cut off, as expected.
        }

        assertThat(sent).isLessThan(100_000_000);
        assertThat(client().send(post(ONE_LINE)).answer()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void refusesAHeadWithoutEnd() throws Exception {
        start(Limits.standard());

        assertThat(client().send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000))
                        .answer())
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void refusesChunksWithoutEnd() throws Exception {
        start(Limits.standard());
        RawClient client = client().send(RawClient.post("Transfer-Encoding: chunked\r\n"));

        assertThat(client.send("5;" + "x".repeat(10_000)).answer()).startsWith("HTTP/1.1 400 ");
    }

    /** More connections than the limit: the oldest that have sent nothing are closed. */
    @Test
    void servesANewClientWhileManyIdleOnesAreConnected() throws Exception {
        start(IMPATIENT);
        for (int i = 0; i < 1_000; i++) {
            client();
        }

        assertThat(client().send(post(ONE_LINE)).answer()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void closesNoConnectionInUseInFavourOfNewClients() throws Exception {
        CountDownLatch arrives = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        startWithReceiverThatWaits(arrives, goesOn);
        RawClient waiting = client().send(post(ONE_LINE));
        arrives.await();
        for (int i = 0; i < 200; i++) {
            client();
        }

        goesOn.countDown();
        assertThat(waiting.answer()).startsWith("HTTP/1.1 200 ");
    }

    /** A body is held until its request is answered. */
    @Test
    void refusesBodiesThatTogetherAreMoreThanItHolds() throws Exception {
        CountDownLatch arrives = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        startWithReceiverThatWaits(arrives, goesOn);
        String large = "{\"x\":\"" + "x".repeat(7_000_000) + "\"," + ONE_LINE.substring(1);
        assertThat(2L * large.length()).isGreaterThan(IMPATIENT.heldBytes());
        RawClient first = client().send(post(large));
        arrives.await();

        assertThat(client().send(post(large)).answer()).startsWith("HTTP/1.1 503 ");

        goesOn.countDown();
        assertThat(first.answer()).startsWith("HTTP/1.1 200 ");
        assertThat(client().send(post(large)).answer()).startsWith("HTTP/1.1 200 ");
    }

    /** 10 KB of gzip that would be 3.3 million nodes. */
    @Test
    void keepsLittleOfABombOfMillionsOfValues() throws Exception {
        start(Limits.standard());
        String bomb = "{\"lines\":[{\"line\":\"x\",\"meta\":{\"a\":[" + "[],".repeat(3_300_000 - 1) + "[]]}}]}";
        byte[] gzip = gzip(bomb.getBytes(UTF_8));
        assertThat(gzip).hasSizeLessThan(20_000);

        assertThat(client().send(post(gzip, "Content-Encoding: gzip\r\n")).answer())
                .startsWith("HTTP/1.1 200 ");

        assertThat(arrivedLine().metaJson()).hasSizeLessThan(33_000);
    }

    static Stream<String> largeMeta() {
        return Stream.of(
                "{\"a\":\"" + "x".repeat(9_900_000) + "\"}",
                "\"" + "x".repeat(9_900_000) + "\"",
                "{\"b\":[" + "\"y\",".repeat(2_000_000) + "\"y\"]}",
                "{" + "\"c\":{\"d\":1},".repeat(700_000) + "\"e\":2}");
    }

    @ParameterizedTest
    @MethodSource("largeMeta")
    void sendsABrowserOnlyAPartOfALargeMeta(String meta) throws Exception {
        start(Limits.standard());

        String answer = client().send(post(("{\"lines\":[{\"line\":\"x\",\"meta\":" + meta + "}]}")))
                .answer();

        assertThat(answer).startsWith("HTTP/1.1 200 ");
        assertThat(arrivedLine().metaJson()).hasSizeLessThan(33_000);
        try (EventReader browser = EventReader.open(endpoint.tailUrl() + "tail/events")) {
            assertThat(browser.next().data().toString()).hasSizeLessThan(34_000);
        }
    }

    @Test
    void reportsTheNumberOfFieldsOmittedFromALargeMeta() throws Exception {
        start(Limits.standard());

        client().send(post("{\"lines\":[{\"line\":\"x\",\"meta\":{\"first\":1,\"long\":\"" + "x".repeat(40_000)
                        + "\",\"second\":2,\"third\":{\"n\":3}}}]}"))
                .answer();

        Line line = arrivedLine();
        assertThat(line.meta().get("first").intValue()).isEqualTo(1);
        assertThat(line.meta().get("long").textValue()).endsWith("x…");
        assertThat(line.meta().get("second")).isNull();
        assertThat(line.meta().get("fieldsLeftOut").intValue()).isEqualTo(2);
    }

    @Test
    void cutsMetaThatIsNestedDeeply() throws Exception {
        start(Limits.standard());

        String answer = client().send(post("{\"lines\":[{\"line\":\"x\",\"meta\":" + "{\"a\":".repeat(900) + "1"
                        + "}".repeat(900) + "}]}"))
                .answer();

        assertThat(answer).startsWith("HTTP/1.1 200 ");
        assertThat(arrivedLine().metaJson()).contains("nested too deeply").hasSizeLessThan(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"meta\"", "\"other\""})
    void refusesJsonThatIsNestedWithoutEnd(String field) throws Exception {
        start(Limits.standard());

        String answer = client().send(post("{\"lines\":[{\"line\":\"x\"," + field + ":" + "[".repeat(100_000)
                        + "]".repeat(100_000) + "}]}"))
                .answer();

        assertThat(answer).startsWith("HTTP/1.1 400 ").endsWith("{\"error\":\"Bad or missing parameters.\"}");
    }

    @Test
    void refusesTooManyLines() throws Exception {
        start(Limits.standard());
        byte[] gzip =
                gzip(("{\"lines\":[" + "{\"line\":\"x\"},".repeat(700_000) + "{\"line\":\"x\"}]}").getBytes(UTF_8));

        assertThat(client().send(post(gzip, "Content-Encoding: gzip\r\n")).answer())
                .startsWith("HTTP/1.1 413 ");
    }

    static Stream<Arguments> malformed() {
        byte[] bom32 = {0, 0, (byte) 0xfe, (byte) 0xff};
        return Stream.of(
                Arguments.of("UTF-32, no character", join(bom32, new byte[] {0x7f, 0x7f, 0x7f, 0x7f})),
                Arguments.of(
                        "UTF-32, cut", join(bom32, "{\"lines\":".getBytes(Charset.forName("UTF-32BE")), new byte[2])),
                Arguments.of("UTF-16, odd", join(new byte[] {(byte) 0xfe, (byte) 0xff, 0, '{', 0}, new byte[0])),
                Arguments.of(
                        "UTF-8, not",
                        join(
                                "{\"lines\":[{\"line\":\"".getBytes(UTF_8),
                                new byte[] {(byte) 0xc3},
                                "\"".getBytes(UTF_8))),
                Arguments.of(
                        "a number without end",
                        ("{\"lines\":[{\"line\":\"x\",\"timestamp\":" + "9".repeat(5_000)).getBytes(UTF_8)),
                Arguments.of("a name without end", ("{\"" + "n".repeat(100_000) + "\":1}").getBytes(UTF_8)),
                Arguments.of("zeros", new byte[100]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refusesAnInvalidEncodingWithTheUsualMessage(String name, byte[] body) throws Exception {
        start(Limits.standard());

        assertThat(client().send(post(body, "")).answer())
                .startsWith("HTTP/1.1 400 ")
                .endsWith("{\"error\":\"Bad or missing parameters.\"}");
    }

    @Test
    void reportsTlsAsTheWrongProtocol() throws Exception {
        start(Limits.standard());
        byte[] clientHello = {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3, '\r', '\n', '\r', '\n'};

        assertThat(client().send(clientHello).answer())
                .startsWith("HTTP/1.1 400 ")
                .contains("use http");
    }

    @Test
    void servesPipelinedRequestsInOrder() throws Exception {
        start(Limits.standard());
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            requests.append(i % 2 == 0 ? "GET /tail/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n" : postText(ONE_LINE));
        }
        RawClient client = client().send(requests.toString());

        for (int i = 0; i < 1_000; i++) {
            assertThat(client.answer())
                    .startsWith("HTTP/1.1 200 ")
                    .contains(i % 2 == 0 ? "image/svg+xml" : "application/json");
        }
    }

    @Test
    void takesAChunkedBodyWithExtensionsAndTrailers() throws Exception {
        start(Limits.standard());
        RawClient client = client().send(RawClient.post("Transfer-Encoding: chunked\r\n"));
        for (String c : ONE_LINE.split("")) {
            client.send("1;a=b\r\n" + c + "\r\n");
        }

        assertThat(client.send("0\r\nX: y\r\n\r\n").answer()).startsWith("HTTP/1.1 200 ");
        assertThat(client.send(post(ONE_LINE)).answer()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void answersExpectContinue() throws Exception {
        start(Limits.standard());
        RawClient asking =
                client().send(RawClient.post("Expect: 100-continue\r\nContent-Length: " + ONE_LINE.length() + "\r\n"));

        assertThat(asking.answer()).startsWith("HTTP/1.1 100 ");
        assertThat(asking.send(ONE_LINE).answer()).startsWith("HTTP/1.1 200 ");

        RawClient refused = client().send(
                        "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        assertThat(refused.answer()).startsWith("HTTP/1.1 404 ");
    }

    private void startWithReceiverThatWaits(CountDownLatch arrives, CountDownLatch goesOn) throws IOException {
        endpoint = IngestionEndpoint.start(EndpointSettings.onPort(0).withLimits(IMPATIENT), batch -> {
            arrives.countDown();
            try {
                goesOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void start(Limits limits) throws IOException {
        endpoint = IngestionEndpoint.start(EndpointSettings.onPort(0).withLimits(limits), arrived::add);
    }

    private RawClient client() {
        try {
            RawClient client = RawClient.of(endpoint);
            clients.add(client);
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Line arrivedLine() {
        return arrived.remove().lines().get(0);
    }

    private static String postText(String json) {
        return RawClient.post("Content-Length: " + json.length() + "\r\n") + json;
    }

    private static byte[] post(String json) {
        return post(json.getBytes(UTF_8), "");
    }

    private static byte[] post(byte[] body, String headers) {
        return join(
                RawClient.post(headers + "Content-Length: " + body.length + "\r\n")
                        .getBytes(UTF_8),
                body);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
