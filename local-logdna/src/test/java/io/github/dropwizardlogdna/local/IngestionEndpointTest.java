package io.github.dropwizardlogdna.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.IngestionHandler;
import io.github.dropwizardlogdna.local.ingestion.Line;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngestionEndpointTest {

    private static final String KEY = "a-key";
    private static final String ONE_LINE = "{\"lines\":[{\"line\":\"hello\"}]}";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Queue<Batch> arrived = new ConcurrentLinkedQueue<>();
    private IngestionEndpoint endpoint;

    @BeforeEach
    void start() throws IOException {
        endpoint = IngestionEndpoint.start(EndpointSettings.onPort(0).withIngestionKey(KEY), arrived::add);
    }

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @ParameterizedTest(name = "{0} {1} with key {2}, encoding {3}: {5}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":[{"line":"x"}]}         | 200 | {"status":"ok"}
            POST | /logs/ingest?hostname=web-1  | a-key     | identity | {"lines":[{"line":"x"}]}         | 200 | {"status":"ok"}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":[]}                     | 200 | {"status":"ok"}
            GET  | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":[{"line":"x"}]}         | 405 | {"error":"Method not allowed."}
            POST | /logs/ingest/?hostname=web-1 | a-key     |          | {"lines":[{"line":"x"}]}         | 200 | {"status":"ok"}
            POST | /logs/agent?hostname=web-1   | a-key     |          | {"lines":[{"line":"x"}]}         | 200 | {"status":"ok"}
            POST | /logs/ingest/x?hostname=web-1 | a-key    |          | {"lines":[{"line":"x"}]}         | 404 | {"error":"Not found."}
            POST | //logs/ingest?hostname=web-1 | a-key     |          | {"lines":[{"line":"x"}]}         | 404 | {"error":"Not found."}
            POST | /?hostname=web-1             | a-key     |          | {"lines":[{"line":"x"}]}         | 404 | {"error":"Not found."}
            POST | /logs/ingest?hostname=web-1  |           |          | {"lines":[{"line":"x"}]}         | 401 | {"error":"Missing ingestion key."}
            POST | /logs/ingest?hostname=web-1  | wrong-key |          | {"lines":[{"line":"x"}]}         | 403 | {"error":"Account not found or inactive"}
            POST | /logs/ingest                 | a-key     |          | {"lines":[{"line":"x"}]}         | 400 | {"error":"Missing param hostname."}
            POST | /logs/ingest?hostname=       | a-key     |          | {"lines":[{"line":"x"}]}         | 400 | {"error":"Missing param hostname."}
            POST | /logs/ingest?hostname=web-1  | a-key     | br       | {"lines":[{"line":"x"}]}         | 415 | {"error":"Unsupported content encoding."}
            POST | /logs/ingest?hostname=web-1  | a-key     | gzip     | {"lines":[{"line":"x"}]}         | 400 | {"error":"The body is not gzip, as its Content-Encoding says."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":[{"line":"x"}]          | 400 | {"error":"Bad or missing parameters."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":[{"line":"x"}]} {}      | 400 | {"error":"Bad or missing parameters."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":{"line":"x"}}           | 400 | {"error":"Bad or missing parameters."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {}                               | 400 | {"error":"Bad or missing parameters."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | ``                               | 400 | {"error":"Bad or missing parameters."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":[{"line":"x"},{"l":1}]} | 400 | {"error":"Bad or missing parameters."}
            POST | /logs/ingest?hostname=web-1  | a-key     |          | {"lines":["x"]}                  | 400 | {"error":"Bad or missing parameters."}
            """)
    void answersLikeTheRealEndpoint(
            String method, String target, String key, String encoding, String body, int status, String answer)
            throws Exception {
        HttpRequest.Builder request = request(target)
                .method(method, BodyPublishers.ofString(body))
                .setHeader("apikey", key == null ? "" : key);
        if (encoding != null) {
            request.header("Content-Encoding", encoding);
        }

        HttpResponse<String> response = send(request);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(answer);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(arrived).hasSize(status == 200 ? 1 : 0);
    }

    @Test
    void answers401WithoutAnyKey() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/logs/ingest?hostname=web-1"))
                .POST(BodyPublishers.ofString(ONE_LINE))
                .build();

        assertThat(HTTP.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(401);
    }

    @Test
    void passesOnAllFieldsOfABatch() throws Exception {
        String json = "{\"lines\":[{\"timestamp\":1700000000123,\"line\":\"h\\u00e9llo\",\"level\":\"WARN\","
                + "\"app\":\"shop\",\"env\":\"test\",\"meta\":{\"n\":1}}]}";
        byte[] gzip = gzip(json.getBytes(StandardCharsets.UTF_8));

        HttpResponse<String> response = send(request("/logs/ingest?hostname=web%201&tags=a%7B%7D,b&now=1700000000200")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzip)));

        assertThat(response.statusCode()).isEqualTo(200);
        Batch batch = arrived.remove();
        assertThat(batch.hostname()).isEqualTo("web 1");
        assertThat(batch.tags()).containsExactly("a{}", "b");
        assertThat(batch.transfer()).isEqualTo(new Batch.Transfer("gzip", gzip.length, json.length()));
        Line line = batch.lines().get(0);
        assertThat(line.timestamp()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
        assertThat(line.text()).isEqualTo("h\u00e9llo");
        assertThat(line.level()).isEqualTo("WARN");
        assertThat(line.app()).isEqualTo("shop");
        assertThat(line.env()).isEqualTo("test");
        assertThat(line.meta().get("n").intValue()).isEqualTo(1);
    }

    @Test
    void acceptsUpToTenMegabytes() throws Exception {
        assertThat(post(jsonOf(IngestionHandler.MAX_BODY_BYTES)).statusCode()).isEqualTo(200);
        assertThat(post(jsonOf(IngestionHandler.MAX_BODY_BYTES + 1)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void refusesASmallBodyThatInflatesToMoreThanTenMegabytes() throws Exception {
        byte[] bomb = gzip(jsonOf(IngestionHandler.MAX_BODY_BYTES + 1));
        assertThat(bomb).hasSizeLessThan(20_000);

        HttpResponse<String> response = send(request("/logs/ingest?hostname=web-1")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(bomb)));

        assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void refusesGzipThatEndsTooSoon() throws Exception {
        byte[] gzip = gzip(ONE_LINE.getBytes(StandardCharsets.UTF_8));

        HttpResponse<String> response = send(request("/logs/ingest?hostname=web-1")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzip, 0, gzip.length - 9)));

        assertThat(response.statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"15999, 15999", "16000, 16000", "16001, 16000", "100000, 16000"})
    void truncatesALongLine(int length, int arrives) throws Exception {
        post("{\"lines\":[{\"line\":\"" + "x".repeat(length) + "\"}]}");

        assertThat(arrived.remove().lines().get(0).text()).hasSize(arrives);
    }

    @Test
    void truncatesBetweenCharacters() throws Exception {
        String emoji = "\ud83d\ude00";

        post("{\"lines\":[{\"line\":\"x" + emoji.repeat(5_000) + "\"}]}");

        assertThat(arrived.remove().lines().get(0).text()).isEqualTo("x" + emoji.repeat(3_999));
    }

    /** HttpURLConnection, for example, reads an answer only after it has sent everything; it must not see a reset. */
    @Test
    void answersOnAConnectionThatStaysUsableWhenItRefusesALargeBody() throws Exception {
        byte[] body = jsonOf(5_000_000);
        URI uri = URI.create(endpoint.url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            OutputStream out = socket.getOutputStream();
            for (int attempt = 0; attempt < 2; attempt++) {
                out.write(("POST /logs/ingest?hostname=web-1 HTTP/1.1\r\nHost: localhost\r\napikey: wrong\r\n"
                                + "Content-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();

                StringBuilder answer = new StringBuilder();
                while (!answer.toString().endsWith("}")) {
                    int next = socket.getInputStream().read();
                    assertThat(next).as("answer so far: " + answer).isNotNegative();
                    answer.append((char) next);
                }

                assertThat(answer.toString())
                        .startsWith("HTTP/1.1 403 ")
                        .doesNotContainIgnoringCase("connection: close");
            }
        }
    }

    @Test
    void doesNotKeepTheProcessAlive() throws Exception {
        post(ONE_LINE);

        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("local-logdna-"))
                .isNotEmpty()
                .allMatch(Thread::isDaemon);
    }

    @Test
    void reportsThatAPortIsInUse() {
        int port = URI.create(endpoint.url()).getPort();

        assertThatIOException()
                .isThrownBy(() -> IngestionEndpoint.start(EndpointSettings.onPort(port)))
                .withMessageContaining(String.valueOf(port));
    }

    private HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(uri(target)).header("apikey", KEY);
    }

    private URI uri(String target) {
        return URI.create("http://localhost:" + URI.create(endpoint.url()).getPort() + target);
    }

    private HttpResponse<String> post(String json) throws Exception {
        return post(json.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> post(byte[] json) throws Exception {
        return send(request("/logs/ingest?hostname=web-1").POST(BodyPublishers.ofByteArray(json)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static byte[] jsonOf(int bytes) {
        String empty = "{\"lines\":[{\"line\":\"\"}]}";
        return ("{\"lines\":[{\"line\":\"" + "x".repeat(bytes - empty.length()) + "\"}]}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
