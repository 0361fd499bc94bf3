package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalLogDnaServerTest {

    @Test
    void listensOnLoopbackByDefault() {
        EndpointSettings settings = LocalLogDnaServer.settings();

        assertThat(settings.bind().isLoopbackAddress()).isTrue();
        assertThat(settings.port()).isEqualTo(8082);
        assertThat(settings.ingestionKey()).isNull();
        assertThat(settings.hosts()).isEmpty();
    }

    @Test
    void readsItsOptions() throws Exception {
        EndpointSettings settings = LocalLogDnaServer.settings(
                "--port",
                "0",
                "--bind",
                "0.0.0.0",
                "--hosts",
                "devbox.example, logs",
                "--key",
                "k",
                "--max-lines",
                "7");

        assertThat(settings.port()).isZero();
        assertThat(settings.bind()).isEqualTo(InetAddress.getByName("0.0.0.0"));
        assertThat(settings.hosts()).containsExactlyInAnyOrder("devbox.example", "logs");
        assertThat(settings.ingestionKey()).isEqualTo("k");
        assertThat(settings.maxLines()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "--port,65536,--port must be a number from 0 to 65535: 65536",
        "--port,x,--port must be a number from 0 to 65535: x",
        "--max-lines,0,--max-lines must be a number from 1 to 50000: 0",
        "--bind,no such host,--bind must be an address of this machine: no such host",
        "--hosts,http://logs:8082,'--hosts must be host names, separated by commas, without scheme and port: http://logs:8082'",
        "--hosts,'logs,','--hosts must be host names, separated by commas, without scheme and port: logs,'",
        "--hosts,'',--hosts must not be empty.",
        "--key,' ',--key must not be empty.",
        "--bind,'',--bind must not be empty.",
        "--colour,red,There is no option --colour."
    })
    void explainsAWrongOption(String option, String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LocalLogDnaServer.settings(option, value))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LocalLogDnaServer.settings("--port"))
                .withMessage("--port needs a value.");
    }

    @Test
    void printsItsAddressAndReceivedLinesAndRefusals() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (IngestionEndpoint endpoint = LocalLogDnaServer.start(
                        LocalLogDnaServer.settings("--port", "0"), new PrintStream(printed, true, UTF_8));
                RawClient client = RawClient.of(endpoint)) {
            String body = "{\"lines\":[{\"line\":\"hello\"}]}";
            client.send(RawClient.post("Content-Length: " + body.length() + "\r\n") + body)
                    .answer();
            client.send("GET /logs/ingest HTTP/1.1\r\nHost: localhost\r\nUser-Agent: odd\u0007client\r\n\r\n")
                    .answer();

            await().untilAsserted(() -> assertThat(printed.toString(UTF_8))
                    .contains(endpoint.url(), endpoint.tailUrl(), "web-1 hello")
                    .contains("refused with 405: GET /logs/ingest from odd?client at 127.0.0.1: Method not allowed."));
        }
    }
}
