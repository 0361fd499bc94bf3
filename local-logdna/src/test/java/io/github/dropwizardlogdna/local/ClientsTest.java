package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.Line;
import java.time.Instant;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests as the vendor's clients and collectors send them. The folder client-test runs some of the real programs. */
class ClientsTest {

    private static final String KEY = "0123456789abcdef";
    private static final String FIELDS =
            "\"line\":\"hello\",\"level\":\"WARN\",\"app\":\"shop\",\"env\":\"test\",\"meta\":{\"n\":1}";
    private static final Instant SECOND = Instant.parse("2026-01-02T12:00:00Z");
    private static final Instant MILLISECOND = Instant.parse("2026-01-02T12:00:00.123Z");

    private final Queue<Batch> arrived = new ConcurrentLinkedQueue<>();
    private IngestionEndpoint endpoint;

    @BeforeEach
    void start() throws Exception {
        endpoint = IngestionEndpoint.start(EndpointSettings.onPort(0).withIngestionKey(KEY), arrived::add);
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    record Client(String name, String target, String headers, String body, Instant timestamp) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Client> clients() {
        String asHeader = "apikey: " + KEY + "\r\n";
        String asUser = asUser();
        String asPassword = "Authorization: Basic " + base64("x:" + KEY) + "\r\n";
        return Stream.of(
                new Client(
                        "Node, @logdna/logger",
                        "/logs/ingest?hostname=web-1&now=1767355200200&tags=a,b",
                        asHeader,
                        "{\"e\":\"ls\",\"ls\":[{\"timestamp\":1767355200123," + FIELDS + "}]}",
                        MILLISECOND),
                new Client(
                        "Node, logdna",
                        "/logs/ingest?hostname=web-1&now=1767355200200&tags=a%2Cb",
                        asUser,
                        "{\"e\":\"ls\",\"ls\":[{\"timestamp\":1767355200123," + FIELDS + "}]}",
                        MILLISECOND),
                new Client(
                        "Python, with tags repeated",
                        "/logs/ingest?hostname=web-1&now=1767355200200&tags=a&tags=b",
                        asHeader,
                        "{\"e\":\"ls\",\"ls\":[{\"timestamp\":1767355200123.0," + FIELDS + "}]}",
                        MILLISECOND),
                new Client(
                        "Ruby, with the key as password and seconds",
                        "/logs/ingest?hostname=web-1&now=1767355200&tags=a,b",
                        asPassword,
                        "{\"e\":\"ls\",\"ls\":[{\"timestamp\":1767355200," + FIELDS + "}]}",
                        SECOND),
                new Client(
                        "Go, with all in the body",
                        "/logs/ingest",
                        "",
                        "{\"apikey\":\"" + KEY + "\",\"hostname\":\"web-1\",\"tags\":\"a,b\",\"lines\":["
                                + "{\"timestamp\":1767355200123," + FIELDS + "}]}",
                        MILLISECOND),
                new Client(
                        "Rust, with seconds",
                        "/logs/ingest?hostname=web-1&now=1767355200&tags=a,b",
                        asHeader,
                        "{\"lines\":[{\"timestamp\":1767355200," + FIELDS + "}]}",
                        SECOND),
                new Client(
                        "agent, with the file in place of the app",
                        "/logs/agent?hostname=web-1&now=1767355200&tags=a,b",
                        asHeader,
                        "{\"lines\":[{\"timestamp\":1767355200,\"file\":\"shop\",\"label\":{\"x\":\"y\"},"
                                + FIELDS.replace("\"app\":\"shop\",", "") + "}]}",
                        SECOND),
                new Client(
                        "syslog-ng, with an offset",
                        "/logs/ingest/?hostname=web-1&tags=a,b",
                        asUser,
                        "{\"lines\":[{\"timestamp\":\"2026-01-02T13:00:00+01:00\"," + FIELDS + "}]}",
                        SECOND),
                new Client(
                        "curl, with the key in the query",
                        "/logs/ingest?hostname=web-1&tags=a,b&apikey=" + KEY,
                        "",
                        "{\"lines\":[{\"timestamp\":\"1767355200123\"," + FIELDS + "}]}",
                        MILLISECOND),
                new Client(
                        "browser, from a page of this machine",
                        "/logs/ingest?hostname=web-1&tags=a,b",
                        asUser + "Origin: http://localhost:3000\r\n",
                        "{\"lines\":[{\"timestamp\":1767355200123," + FIELDS + "}]}",
                        MILLISECOND),
                new Client(
                        "any, with a list of tags in the body",
                        "/logs/ingest?hostname=web-1",
                        asHeader,
                        "{\"lines\":[{\"timestamp\":1767355200123," + FIELDS + "}],\"tags\":[\"a\",\"b\"]}",
                        MILLISECOND));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void acceptsTheRequestsOfEachClient(Client client) throws Exception {
        assertThat(answer(client.target(), client.headers(), client.body())).startsWith("HTTP/1.1 200 ");

        Batch batch = arrived.remove();
        assertThat(batch.hostname()).isEqualTo("web-1");
        assertThat(batch.tags()).containsExactly("a", "b");
        assertThat(batch.lines())
                .containsExactly(new Line(client.timestamp(), "hello", "WARN", "shop", "test", "{\"n\":1}"));
    }

    /** Its sink {@code mezmo} puts the fields that it does not know into {@code meta}, the level as well. */
    @Test
    void acceptsTheRequestsOfVector() throws Exception {
        assertThat(answer("/logs/ingest?", "", "")).as("its health check").startsWith("HTTP/1.1 401 ");
        assertThat(answer(
                        "/logs/ingest?hostname=web-1&now=1767355200200&mac=02%3A42&ip=127.0.0.1&tags=a%2Cb",
                        asUser() + "Content-Type: application/json\r\n",
                        "{\"lines\":[{\"app\":\"shop\",\"env\":\"test\",\"line\":\"hello\",\"meta\":{\"level\":\"warn\",\"n\":1},"
                                + "\"timestamp\":\"2026-01-02T12:00:00.123456789Z\"}]}"))
                .startsWith("HTTP/1.1 200 ");

        Batch batch = arrived.remove();
        assertThat(batch.hostname()).isEqualTo("web-1");
        assertThat(batch.tags()).containsExactly("a", "b");
        Instant timestamp = Instant.parse("2026-01-02T12:00:00.123456789Z");
        assertThat(batch.lines())
                .containsExactly(new Line(timestamp, "hello", null, "shop", "test", "{\"level\":\"warn\",\"n\":1}"));
    }

    /** Its line is the whole record as JSON, and its time has whole seconds. */
    @Test
    void acceptsTheRequestsOfFluentBit() throws Exception {
        assertThat(answer(
                        "/logs/ingest?hostname=web-1&mac=&ip=&now=1767355200&tags=a,b",
                        asUser() + "User-Agent: Fluent-Bit\r\nContent-Type: application/json\r\n",
                        "{\"lines\":[{\"level\":\"warn\",\"app\":\"shop\",\"timestamp\":1767355200,"
                                + "\"line\":\"{\\\"log\\\":\\\"hello\\\",\\\"level\\\":\\\"warn\\\"}\"}]}"))
                .startsWith("HTTP/1.1 200 ");

        Batch batch = arrived.remove();
        assertThat(batch.hostname()).isEqualTo("web-1");
        assertThat(batch.tags()).containsExactly("a", "b");
        assertThat(batch.lines())
                .containsExactly(
                        new Line(SECOND, "{\"log\":\"hello\",\"level\":\"warn\"}", "warn", "shop", null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "1767355200123, 2026-01-02T12:00:00.123Z",
        "1767355200, 2026-01-02T12:00:00Z",
        "1767355200.5, 2026-01-02T12:00:00.500Z",
        "'\"2026-01-02 12:00:00\"', 2026-01-02T12:00:00Z",
        "'\"2026-01-02T12:00:00.25+0000\"', 2026-01-02T12:00:00.250Z",
        "'\"2026-01-02T07:00:00-05:00\"', 2026-01-02T12:00:00Z",
        "9000000000000000, +287168-08-24T16:00:00Z",
        "-1, 1969-12-31T23:59:59Z"
    })
    void understandsATime(String json, Instant timestamp) throws Exception {
        answer(
                "/logs/ingest?hostname=h",
                "apikey: " + KEY + "\r\n",
                "{\"lines\":[{\"line\":\"x\",\"timestamp\":" + json + "}]}");

        assertThat(arrived.remove().lines().get(0).timestamp()).isEqualTo(timestamp);
    }

    @ParameterizedTest
    @CsvSource({"null", "true", "'\"yesterday\"'", "[1]", "{\"a\":1}", "99999999999999999999999999999999", "'\"\"'"})
    void usesTheTimeOfArrivalInsteadOfAnInvalidTimestamp(String json) throws Exception {
        Instant before = Instant.now();
        answer(
                "/logs/ingest?hostname=h",
                "apikey: " + KEY + "\r\n",
                "{\"lines\":[{\"timestamp\":" + json + ",\"line\":\"x\"}]}");

        Batch batch = arrived.remove();
        assertThat(batch.lines().get(0).timestamp())
                .isEqualTo(batch.receivedAt())
                .isAfterOrEqualTo(before);
    }

    @Test
    void refusesAWrongKeyWhereverItIs() throws Exception {
        String body = "{\"lines\":[{" + FIELDS + "}]}";
        String target = "/logs/ingest?hostname=h";

        assertThat(answer(target, "apikey: wrong\r\n", body)).startsWith("HTTP/1.1 403 ");
        assertThat(answer(target, "Authorization: Basic " + base64("wrong:") + "\r\n", body))
                .startsWith("HTTP/1.1 403 ");
        assertThat(answer(target + "&apikey=wrong", "", body)).startsWith("HTTP/1.1 403 ");
        assertThat(answer(target, "", body.replaceFirst("\\{", "{\"apikey\":\"wrong\",")))
                .startsWith("HTTP/1.1 403 ");
        assertThat(answer(target, "", body)).startsWith("HTTP/1.1 401 ");
        assertThat(answer(target, "Authorization: Basic ???\r\n", body)).startsWith("HTTP/1.1 401 ");
        assertThat(answer(target, "Authorization: Bearer " + KEY + "\r\n", body))
                .startsWith("HTTP/1.1 401 ");
        assertThat(arrived).isEmpty();
    }

    private String answer(String target, String headers, String body) throws Exception {
        try (RawClient client = RawClient.of(endpoint)) {
            return client.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Content-Length: "
                            + body.getBytes(UTF_8).length + "\r\n\r\n" + body)
                    .answer();
        }
    }

    private static String asUser() {
        return "Authorization: Basic " + base64(KEY + ":") + "\r\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
