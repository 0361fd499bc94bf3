package io.github.dropwizardlogdna.ingestion;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The request on the wire, and the verdict for its response. WireMock keeps the request as it was sent. */
class JerseyIngestionClientTest {

    private static final String LINES = "{\"lines\":[{\"line\":\"Grüße\"}]}";

    @RegisterExtension
    static final WireMockExtension ENDPOINT = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort().gzipDisabled(true))
            .build();

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private final IngestionClient client = new JerseyIngestionClient(
            new IngestionSettings(
                    URI.create(ENDPOINT.baseUrl() + "?existing=%26"),
                    "the-key",
                    () -> "my host",
                    "192.0.2.1",
                    "00:11:22:33:44:55",
                    List.of("a", "{b}", "c%d", "e&f=g", "h,i", "j+k ü", "{{}}?#/\\\""),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(1),
                    null,
                    null),
            now::getAndIncrement);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void postsToTheEndpointWithTheHostsParameters() {
        answer(200);

        client.send(plain());

        LoggedRequest request = request();
        assertThat(request.getMethod()).isEqualTo(RequestMethod.POST);
        assertThat(URI.create(request.getUrl()).getRawPath()).isEqualTo("/logs/ingest");
        assertThat(request.getUrl())
                .endsWith("?existing=%26&hostname=my%20host&mac=00%3A11%3A22%3A33%3A44%3A55&ip=192.0.2.1"
                        + "&now=1700000000000"
                        + "&tags=a,%7Bb%7D,c%25d,e%26f%3Dg,h%2Ci,j%2Bk%20%C3%BC,%7B%7B%7D%7D%3F%23%2F%5C%22");
        assertThat(request.queryParameter("hostname").firstValue()).isEqualTo("my host");
        assertThat(request.queryParameter("tags").firstValue()).isEqualTo("a,{b},c%d,e&f=g,h,i,j+k ü,{{}}?#/\\\"");
    }

    @Test
    void sendsTheKeyAsItsOnlyCredential() {
        answer(200);

        client.send(plain());

        LoggedRequest request = request();
        assertThat(request.header("apikey").values()).containsExactly("the-key");
        assertThat(request.getHeaders().keys()).doesNotContain("Authorization", "Cookie");
        assertThat(request.getUrl()).doesNotContain("the-key");
    }

    @Test
    void sendsAPlainBodyAsItIs() {
        answer(200);

        Verdict verdict = client.send(plain());

        LoggedRequest request = request();
        assertThat(request.header("Content-Type").values()).containsExactly("application/json; charset=UTF-8");
        assertThat(request.containsHeader("Content-Encoding")).isFalse();
        assertThat(request.containsHeader("Transfer-Encoding")).isFalse();
        assertThat(request.header("Content-Length").firstValue())
                .isEqualTo(String.valueOf(LINES.getBytes(UTF_8).length));
        assertThat(request.getBodyAsString()).isEqualTo(LINES);
        assertThat(verdict.outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void sendsACompressedBodyAsItIs() throws IOException {
        answer(200);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(LINES.getBytes(UTF_8));
        }

        client.send(new RequestBody(gzip.toByteArray(), true, 1));

        LoggedRequest request = request();
        assertThat(request.header("Content-Encoding").values()).containsExactly("gzip");
        assertThat(request.header("Content-Type").values()).containsExactly("application/json; charset=UTF-8");
        assertThat(request.getBodyAsString()).isEqualTo(LINES); // WireMock has decompressed it
        assertThat(request.header("Content-Length").firstValue()).isEqualTo(String.valueOf(gzip.size()));
    }

    @Test
    void namesItselfAndItsVersion() {
        answer(200);

        client.send(plain());

        assertThat(request().header("User-Agent").firstValue()).matches("dropwizard-logdna/\\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void sendsTheTimeOfEachAttempt() {
        answer(503);

        client.send(plain());
        client.send(plain());

        assertThat(ENDPOINT.getAllServeEvents())
                .extracting(event -> event.getRequest().queryParameter("now").firstValue())
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void doesNotFollowARedirect(int status) {
        ENDPOINT.stubFor(any(anyUrl())
                .willReturn(aResponse().withStatus(status).withHeader("Location", ENDPOINT.url("/elsewhere"))));

        Verdict verdict = client.send(plain());

        assertThat(verdict.outcome()).isEqualTo(Outcome.SETTING_AT_FAULT);
        assertThat(ENDPOINT.getAllServeEvents()).hasSize(1);
    }

    @Test
    void readsTheStatusOfEachLine() {
        ENDPOINT.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(207)
                        .withHeader("Content-Type", "this is no type")
                        .withBody("{\"status\":[200,400,503]}")));

        Verdict verdict = client.send(new RequestBody(LINES.getBytes(UTF_8), false, 3));

        assertThat(verdict.outcome()).isEqualTo(Outcome.DELIVERED_IN_PART);
        assertThat(verdict.lines()).containsExactly(Outcome.DELIVERED, Outcome.BAD_REQUEST, Outcome.RETRY);
    }

    @Test
    void honoursRetryAfter() {
        ENDPOINT.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(429).withHeader("retry-after", "17")));

        Verdict verdict = client.send(plain());

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.retryAfter()).contains(Duration.ofSeconds(17));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void treatsAnySuccessAsDelivered(int status) {
        answer(status);

        assertThat(client.send(plain()).outcome()).isEqualTo(Outcome.DELIVERED);
    }

    private static void answer(int status) {
        ENDPOINT.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status)));
    }

    private static LoggedRequest request() {
        assertThat(ENDPOINT.getAllServeEvents()).hasSize(1);
        return ENDPOINT.getAllServeEvents().get(0).getRequest();
    }

    private static RequestBody plain() {
        return new RequestBody(LINES.getBytes(UTF_8), false, 1);
    }
}
