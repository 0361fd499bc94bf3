package io.github.dropwizardlogdna.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A web page must neither read lines nor send them, whatever name it gives this machine. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class ForeignPagesTest {

    private static final String ONE_LINE = "{\"lines\":[{\"line\":\"hello\"}]}";

    private final Queue<Batch> arrived = new ConcurrentLinkedQueue<>();
    private final Queue<RefusedRequest> refused = new ConcurrentLinkedQueue<>();
    private IngestionEndpoint endpoint;

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, 200",
        "LocalHost:8082, 200",
        "127.0.0.1:8082, 200",
        "[::1]:8082, 200",
        "devbox.example:443, 200",
        "evil.example, 403",
        "evil.example:8082, 403",
        "localhost.evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "127.0.0.2, 403",
        "'', 403"
    })
    void answersUnderNamesOfThisMachineOnly(String host, int status) throws Exception {
        start(InetAddress.getLoopbackAddress());
        for (String path : new String[] {"/", "/tail/tail.js", "/tail/events"}) {
            assertThat(answer("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                    .as(path)
                    .startsWith("HTTP/1.1 " + status + " ");
        }
        assertThat(answer(post("/logs/ingest", "Host: " + host + "\r\n"))).startsWith("HTTP/1.1 " + status + " ");
        assertThat(arrived).hasSize(status == 200 ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: localhost\r\nHost: evil.example\r\n"})
    void refusesARequestThatDoesNotNameOneHost(String headers) throws Exception {
        start(InetAddress.getLoopbackAddress());

        assertThat(answer(post("/logs/ingest", headers))).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void checksTheHostOfAnAbsoluteRequestTarget() throws Exception {
        start(InetAddress.getLoopbackAddress());

        assertThat(answer(post("http://evil.example/logs/ingest", "Host: localhost\r\n")))
                .startsWith("HTTP/1.1 403 ");
        assertThat(answer(post("http://localhost:8082/logs/ingest", "Host: evil.example\r\n")))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "http://evil.example:8082",
                "http://localhost.evil.example",
                "null",
                "file://",
                "chrome-extension://abcdef",
                "not an origin",
                ""
            })
    void refusesAPageOfAnotherMachineThatNeedsNoPermissionToSend(String origin) throws Exception {
        start(InetAddress.getLoopbackAddress());
        String headers = "Host: localhost\r\nOrigin: " + origin + "\r\n";

        assertThat(answer(post("/logs/ingest?apikey=k&hostname=h", headers + "Content-Type: text/plain\r\n")))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContain("Access-Control");
        assertThat(answer(
                        "OPTIONS /logs/ingest HTTP/1.1\r\n" + headers + "Access-Control-Request-Method: POST\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContain("Access-Control");
        assertThat(answer("GET /tail/events HTTP/1.1\r\n" + headers + "\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(arrived).isEmpty();
    }

    @Test
    void letsAPageOfThisMachineSendButNotReadTheTail() throws Exception {
        start(InetAddress.getLoopbackAddress());
        String headers = "Host: localhost:8082\r\nOrigin: http://localhost:3000\r\n";

        assertThat(
                        answer(
                                "OPTIONS /logs/ingest HTTP/1.1\r\n" + headers
                                        + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"))
                .startsWith("HTTP/1.1 204 ")
                .contains("Access-Control-Allow-Origin: http://localhost:3000\r\n")
                .contains("Access-Control-Allow-Methods: POST\r\n")
                .containsPattern("Access-Control-Allow-Headers: .*authorization, content-type");
        assertThat(answer(post("/logs/ingest?hostname=h", headers)))
                .startsWith("HTTP/1.1 200 ")
                .contains("Access-Control-Allow-Origin: http://localhost:3000\r\n");
        assertThat(answer("GET / HTTP/1.1\r\n" + headers + "\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("Access-Control");
    }

    /** An address can't be rebound, and other machines may know no name. */
    @Test
    void answersUnderAnyAddressIfItListensOnTheNetwork() throws Exception {
        start(InetAddress.getByName("0.0.0.0"));

        assertThat(answer(post("/logs/ingest?hostname=h", "Host: 192.0.2.7:8082\r\n")))
                .startsWith("HTTP/1.1 200 ");
        assertThat(answer(post("/logs/ingest?hostname=h", "Host: evil.example\r\n")))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void reportsRefusedRequestsWithReasonAndSenderButWithoutAKey() throws Exception {
        start(InetAddress.getLoopbackAddress());

        answer(post("/logs/ingest?apikey=secret&hostname=", "Host: localhost\r\nUser-Agent: client/7\r\n"));

        await().until(() -> !refused.isEmpty());
        RefusedRequest request = refused.remove();
        assertThat(request.status()).isEqualTo(400);
        assertThat(request.reason()).isEqualTo("Missing param hostname.");
        assertThat(request.request()).isEqualTo("POST /logs/ingest");
        assertThat(request.sender()).isEqualTo("client/7 at 127.0.0.1");
        assertThat(request.toString()).doesNotContain("secret");
    }

    @Test
    void summarizesManyRefusals() throws Exception {
        start(InetAddress.getLoopbackAddress());

        for (int i = 0; i < 1_000; i++) {
            answer("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }

        await().until(() -> refused.size() >= 20);
        await().untilAsserted(() -> {
            answer("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(refused).anyMatch(request -> request.reason().contains("more were refused before"));
        });
        assertThat(refused).hasSizeLessThan(500);
    }

    private void start(InetAddress bind) throws IOException {
        BatchListener listener = new BatchListener() {
            @Override
            public void arrived(Batch batch) {
                arrived.add(batch);
            }

            @Override
            public void refused(RefusedRequest request) {
                refused.add(request);
            }
        };
        endpoint = IngestionEndpoint.start(
                EndpointSettings.onPort(0).withBind(bind).withHosts(Set.of("devbox.example")), listener);
    }

    private static String post(String target, String headers) {
        String query = target.contains("?") ? "" : "?hostname=web-1";
        return "POST " + target + query + " HTTP/1.1\r\n" + headers + "apikey: k\r\nContent-Length: "
                + ONE_LINE.length() + "\r\n\r\n" + ONE_LINE;
    }

    private String answer(String request) throws IOException {
        try (RawClient client = RawClient.of(endpoint)) {
            return client.send(request).answer();
        }
    }
}
