package io.github.dropwizardlogdna.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dropwizardlogdna.local.EndpointSettings;
import io.github.dropwizardlogdna.local.IngestionEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestionVariablesTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void takesEndpointAndKeyFromTheEnvironment() {
        IngestionVariables variables = new IngestionVariables(
                Map.of("LOGDNA_ENDPOINT", "https://logs.example.com/logs/ingest", "LOGDNA_INGESTION_KEY", "k"), out);

        assertThat(variables.lookup("LOGDNA_ENDPOINT")).isEqualTo("https://logs.example.com/logs/ingest");
        assertThat(variables.lookup("LOGDNA_INGESTION_KEY")).isEqualTo("k");
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void generatesNoKeyForAConfiguredEndpoint() {
        IngestionVariables variables =
                new IngestionVariables(Map.of("LOGDNA_ENDPOINT", "https://logs.example.com/logs/ingest"), out);

        assertThat(variables.lookup("LOGDNA_INGESTION_KEY")).isNull();
    }

    @Test
    void startsOneEndpointThatAcceptsTheGeneratedKey() throws Exception {
        IngestionVariables variables = new IngestionVariables(
                Map.of("LOGDNA_EMBEDDED_PORT", "0", "LOGDNA_ENDPOINT", "", "LOGDNA_INGESTION_KEY", ""), out);
        String url = variables.lookup("LOGDNA_ENDPOINT");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "?hostname=web-1"))
                .header("apikey", variables.lookup("LOGDNA_INGESTION_KEY"))
                .POST(BodyPublishers.ofString("{\"lines\":[{\"line\":\"hello\"}]}"))
                .build();

        int status = HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();

        assertThat(status).isEqualTo(200);
        assertThat(variables.lookup("LOGDNA_ENDPOINT")).isEqualTo(url);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains(url).contains("hello");
    }

    @Test
    void explainsHowToReachLogDnaIfOnlyTheKeyIsSetWithoutShowingIt() {
        IngestionVariables variables =
                new IngestionVariables(Map.of("LOGDNA_EMBEDDED_PORT", "0", "LOGDNA_INGESTION_KEY", "a-secret"), out);

        variables.lookup("LOGDNA_ENDPOINT");

        assertThat(variables.lookup("LOGDNA_INGESTION_KEY")).isEqualTo("a-secret");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("LOGDNA_ENDPOINT=https://logs.logdna.com/logs/ingest")
                .doesNotContain("a-secret");
    }

    @Test
    void namesTheRemedyIfThePortIsInUse() throws Exception {
        try (IngestionEndpoint other = IngestionEndpoint.start(EndpointSettings.onPort(0))) {
            int taken = URI.create(other.url()).getPort();
            IngestionVariables variables =
                    new IngestionVariables(Map.of("LOGDNA_EMBEDDED_PORT", String.valueOf(taken)), out);

            assertThatThrownBy(() -> variables.lookup("LOGDNA_ENDPOINT"))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("port " + taken)
                    .hasMessageContaining("Set LOGDNA_EMBEDDED_PORT to a free port");
        }
    }

    @Test
    void printsTheAddressOfTheTailAndTheAcceptedHostNames() throws Exception {
        IngestionVariables variables = new IngestionVariables(
                Map.of("LOGDNA_EMBEDDED_PORT", "0", "LOGDNA_EMBEDDED_HOSTS", "devbox.example, other.example"), out);
        int port = URI.create(variables.lookup("LOGDNA_ENDPOINT")).getPort();

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("http://localhost:" + port + "/" + System.lineSeparator());
        assertThat(answerTo("devbox.example", port)).startsWith("HTTP/1.1 200 ");
        assertThat(answerTo("other.example", port)).startsWith("HTTP/1.1 200 ");
        assertThat(answerTo("evil.example", port)).startsWith("HTTP/1.1 403 ");
    }

    /** Uses a socket, because HttpClient does not allow setting the Host header. */
    private static String answerTo(String host, int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void refusesAnInvalidPort() {
        IngestionVariables variables = new IngestionVariables(Map.of("LOGDNA_EMBEDDED_PORT", "65536"), out);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> variables.lookup("LOGDNA_ENDPOINT"))
                .withMessage("LOGDNA_EMBEDDED_PORT is not a port (0 to 65535): 65536");
    }

    @Test
    void passesOnTheOtherVariables() {
        IngestionVariables variables = new IngestionVariables(Map.of("REGION", "eu"), out);

        assertThat(variables.lookup("REGION")).isEqualTo("eu");
        assertThat(variables.lookup("NOWHERE")).isNull();
    }
}
