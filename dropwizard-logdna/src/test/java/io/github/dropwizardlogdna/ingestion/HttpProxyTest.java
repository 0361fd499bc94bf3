package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import io.github.dropwizardlogdna.testing.TestCertificate;
import io.github.dropwizardlogdna.testing.TestProxy;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpProxyTest {

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{}]}".getBytes(UTF_8), false, 1);

    @TempDir
    static Path directory;

    private static SSLContext trusted;

    private MisbehavingServer server;
    private TestProxy proxy;
    private IngestionClient client;

    @BeforeAll
    static void makeACertificate() throws Exception {
        trusted =
                TestCertificate.of("dns:logs.example,dns:localhost", directory).context();
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        if (server != null) {
            server.close();
        }
    }

    // Parsing

    @Test
    void readsHostPortUserAndPassword() {
        HttpProxy read = HttpProxy.parse(" http://us%65r+:p%40ss%3A+w%C3%B6rd@proxy.example:3128/ ");
        assertThat(read.host()).isEqualTo("proxy.example");
        assertThat(read.port()).isEqualTo(3128);
        PasswordAuthentication credentials = read.credentials();
        assertThat(credentials.getUserName()).isEqualTo("user+");
        assertThat(new String(credentials.getPassword())).isEqualTo("p@ss:+w\u00f6rd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://proxy.example:3128", "HTTP://proxy.example:3128/", "http://@proxy.example:3128"})
    void readsAProxyWithoutCredentials(String url) {
        HttpProxy read = HttpProxy.parse(url);
        assertThat(read.credentials()).isNull();
        assertThat(read.authorization()).isNull();
        assertThat(read).hasToString("http://proxy.example:3128");
    }

    @ParameterizedTest
    @CsvSource({
        "proxy.example:3128,                    must have the form http://host:port",
        "https://user:secret@proxy.example:1,   must have the form http://host:port",
        "http://user:secret@:3128,              must have the form",
        "http://user:secret@proxy.example,      must name a port",
        "http://user:secret@proxy.example:0,    must name a port",
        "http://user:secret@proxy.example:65536,must name a port",
        "http://user:secret@proxy.example:1/x,  must end with the port",
        "http://user:secret@proxy.example:1?x,  must end with the port",
        "http://:secret@proxy.example:1,        must name a user",
        "http://us%3Aer:secret@proxy.example:1, without a colon",
        "http://user:sec^ret@proxy.example:1,   percent-encode",
        "http://user:%secret@proxy.example:1,   percent-encode",
        "http://user:sec/ret@proxy.example:1,   percent-encode",
        "http://user:12/34@proxy.example:1,     percent-encode",
        "http://user:sec?ret@proxy.example:1,   percent-encode",
        "http://user:12#34@proxy.example:1,     percent-encode",
        "http://user:s_ecret@squid_proxy:1,     must not have an underscore (_) in its host name",
        "http://squid_proxy:3128,               must not have an underscore (_) in its host name",
        "http://us_er:secret@:3128,             must have the form",
        "http://${SECRET}@proxy.example:1,      substitute",
    })
    void refusesAnotherFormWithoutQuotingIt(String url, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpProxy.parse(url))
                .withMessageContaining(problem)
                .withMessageNotContainingAny("sec", "SEC", "proxy.example")
                .withNoCause();
    }

    @Test
    void showsNothingOfTheCredentials() {
        HttpProxy read = HttpProxy.parse("http://user:secret@proxy.example:3128");
        assertThat(read).hasToString("http://proxy.example:3128");
        assertThat(settings(URI.create("http://logs.example"), read).toString())
                .contains("proxy=http://proxy.example:3128")
                .doesNotContain("secret")
                .doesNotContain("user");
    }

    // Sending

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sendsByTheProxy(boolean tls) {
        start(tls, null);
        send("");

        assertThat(server.requests()).hasSize(1);
        assertThat(proxy.heads()).hasSize(1);
        assertThat(proxy.heads().get(0))
                .startsWith(tls ? "CONNECT logs.example:443 " : "POST http://logs.example/logs/ingest?");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sendsCredentialsToTheProxyAndNoneThroughTheTunnel(boolean tls) {
        start(tls, "user:p@ss");

        assertThat(send("user:p%40ss@").outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(send("user:p%40ss@").outcome()).isEqualTo(Outcome.DELIVERED);

        assertThat(server.requests()).hasSize(2);
        if (tls) {
            assertThat(server.requests()).allSatisfy(request -> assertThat(request.header("Proxy-Authorization"))
                    .isNull());
            assertThat(proxy.heads()).allSatisfy(head -> assertThat(head).doesNotContain("the-key"));
        } else {
            assertThat(proxy.heads()).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, user:wrong@, 1", "true, user:wrong@, 1", "false, '', 1", "true, '', 1"})
    void wrongCredentialsAreASettingAtFaultAndAreTriedOnce(boolean tls, String credentials, int requests) {
        start(tls, "user:p@ss");

        Verdict verdict = send(credentials);

        assertThat(verdict.outcome()).isEqualTo(Outcome.SETTING_AT_FAULT);
        assertThat(verdict.reason()).contains("check proxy").doesNotContain("wrong");
        assertThat(proxy.heads()).hasSize(requests);
        assertThat(server.connections()).isZero();
        assertThat(send(credentials).outcome()).isEqualTo(Outcome.SETTING_AT_FAULT);
        assertThat(proxy.heads()).hasSizeLessThanOrEqualTo(2 * requests);
    }

    /** A final dot saves the search through the domains of a Kubernetes cluster. */
    @Test
    void sendsToAFullyQualifiedName() {
        start(true, null);
        HttpProxy configured = HttpProxy.parse("http://localhost:" + proxy.port());
        client = new JerseyIngestionClient(settings(URI.create("https://logs.example./logs/ingest"), configured));

        assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(proxy.heads().get(0)).startsWith("CONNECT logs.example.:443 ");
    }

    @Test
    void anUnreachableProxyIsReportedAndNotBypassed() {
        server = MisbehavingServer.http(MisbehavingServer.answer(200));
        int nobody = MisbehavingServer.refusing().getPort();
        client = new JerseyIngestionClient(
                settings(server.endpoint(), HttpProxy.parse("http://user:secret@localhost:" + nobody)));

        Verdict verdict = client.send(BODY);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RETRY);
        assertThat(verdict.reason())
                .contains("can't connect")
                .endsWith("check proxy (http://localhost:" + nobody + ")");
        assertThat(server.connections()).isZero();
    }

    @Test
    void anUnknownProxyIsReported() {
        client = new JerseyIngestionClient(
                settings(URI.create("http://logs.example"), HttpProxy.parse("http://u:secret@no-such-host.invalid:1")));
        assertThat(client.send(BODY).reason())
                .contains("check proxy (http://no-such-host.invalid:1)")
                .doesNotContain("secret");
    }

    private void start(boolean tls, String userAndPassword) {
        // The test proxy closes each connection, so the answer must announce it.
        Behaviour answer = MisbehavingServer.answer(200, "Connection: close");
        server = tls ? MisbehavingServer.https(trusted, answer) : MisbehavingServer.http(answer);
        int port = server.endpoint().getPort();
        proxy = userAndPassword == null ? TestProxy.to(port) : TestProxy.to(port, userAndPassword);
    }

    /** A client for a host that only the proxy knows. */
    private Verdict send(String credentials) {
        if (client == null) {
            HttpProxy configured = HttpProxy.parse("http://" + credentials + "localhost:" + proxy.port());
            client = new JerseyIngestionClient(
                    settings(URI.create(server.endpoint().getScheme() + "://logs.example"), configured));
        }
        return client.send(BODY);
    }

    private static IngestionSettings settings(URI endpoint, HttpProxy proxy) {
        Duration limit = Duration.ofSeconds(5);
        return new IngestionSettings(
                endpoint, "the-key", () -> "host", null, null, List.of(), limit, limit, proxy, trusted);
    }
}
