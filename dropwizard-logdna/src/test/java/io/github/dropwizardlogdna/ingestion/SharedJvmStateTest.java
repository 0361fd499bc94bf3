package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.TestCertificate;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CacheRequest;
import java.net.CacheResponse;
import java.net.CookieHandler;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** State that the application sets for its whole JVM does not affect where the key and the lines go. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedJvmStateTest {

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{}]}".getBytes(UTF_8), false, 1);

    @TempDir
    private static Path directory;

    private MisbehavingServer server;
    private IngestionClient client;

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void aPermissiveHostnameVerifierOfTheJvmIsNotUsed() throws Exception {
        HostnameVerifier before = HttpsURLConnection.getDefaultHostnameVerifier();
        HttpsURLConnection.setDefaultHostnameVerifier((host, session) -> true);
        try {
            SSLContext other =
                    TestCertificate.of("dns:other.example", directory).context();
            start(MisbehavingServer.https(other, MisbehavingServer.answer(200)), other);

            assertThat(client.send(BODY).reason()).contains("certificate is not trusted");
            assertThat(server.begun()).isZero();
        } finally {
            HttpsURLConnection.setDefaultHostnameVerifier(before);
        }
    }

    @Test
    void aTlsContextThatTrustsAnotherCertificateIsNotUsed() throws Exception {
        SSLContext before = SSLContext.getDefault();
        SSLSocketFactory factory = HttpsURLConnection.getDefaultSSLSocketFactory();
        SSLContext trusting = TestCertificate.of("dns:localhost", directory).context();
        SSLContext.setDefault(trusting);
        HttpsURLConnection.setDefaultSSLSocketFactory(trusting.getSocketFactory());
        try {
            start(MisbehavingServer.https(trusting, MisbehavingServer.answer(200)), null);

            assertThat(client.send(BODY).reason()).contains("certificate is not trusted");
            assertThat(server.begun()).isZero();
        } finally {
            SSLContext.setDefault(before);
            HttpsURLConnection.setDefaultSSLSocketFactory(factory);
        }
    }

    static List<Arguments> selectors() {
        Proxy nobody = new Proxy(
                Proxy.Type.HTTP,
                new InetSocketAddress("localhost", MisbehavingServer.refusing().getPort()));
        return List.of(
                Arguments.of("throws", (Supplier<List<Proxy>>) () -> {
                    throw new IllegalStateException("broken");
                }),
                Arguments.of("null", (Supplier<List<Proxy>>) () -> null),
                Arguments.of("empty", (Supplier<List<Proxy>>) List::of),
                Arguments.of("foreign", (Supplier<List<Proxy>>) () -> List.of(nobody)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("selectors")
    void aProxySelectorIsNotAsked(String name, Supplier<List<Proxy>> answer) {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                return answer.get();
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
        try {
            start(MisbehavingServer.http(MisbehavingServer.answer(200)), null);

            assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.DELIVERED);
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @Test
    void cookiesAreNeitherSentNorKept() {
        List<String> kept = new CopyOnWriteArrayList<>();
        CookieHandler before = CookieHandler.getDefault();
        CookieHandler.setDefault(new CookieHandler() {
            @Override
            public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
                return Map.of("Cookie", List.of("session=of-the-application"));
            }

            @Override
            public void put(URI uri, Map<String, List<String>> headers) {
                kept.add(uri.toString());
            }
        });
        try {
            start(MisbehavingServer.http(MisbehavingServer.answer(200, "Set-Cookie: a=b")), null);
            client.send(BODY);
            client.send(BODY);
        } finally {
            CookieHandler.setDefault(before);
        }
        assertThat(server.requests()).hasSize(2).allSatisfy(request -> assertThat(request.header("Cookie"))
                .isNull());
        assertThat(kept).isEmpty();
    }

    @Test
    void anAuthenticatorIsNotAsked() {
        List<String> asked = new CopyOnWriteArrayList<>();
        Authenticator before = Authenticator.getDefault();
        Authenticator.setDefault(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                asked.add(getRequestingPrompt());
                return new PasswordAuthentication("user", "secret".toCharArray());
            }
        });
        try {
            start(MisbehavingServer.http(MisbehavingServer.answer(407, "Proxy-Authenticate: Basic realm=\"x\"")), null);
            System.setProperty("http.proxyHost", "localhost");
            System.setProperty(
                    "http.proxyPort", String.valueOf(server.endpoint().getPort()));
            System.setProperty("http.nonProxyHosts", "");

            assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.SETTING_AT_FAULT);
        } finally {
            Authenticator.setDefault(before);
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            System.clearProperty("http.nonProxyHosts");
        }
        assertThat(asked).isEmpty();
        assertThat(server.begun()).isEqualTo(1);
    }

    @Test
    void aResponseCacheIsNotAsked() {
        List<URI> asked = new CopyOnWriteArrayList<>();
        ResponseCache before = ResponseCache.getDefault();
        ResponseCache.setDefault(new ResponseCache() {
            @Override
            public CacheResponse get(URI uri, String method, Map<String, List<String>> headers) {
                asked.add(uri);
                return null;
            }

            @Override
            public CacheRequest put(URI uri, URLConnection connection) {
                asked.add(uri);
                return null;
            }
        });
        try {
            start(MisbehavingServer.http(MisbehavingServer.answer(200, "Cache-Control: max-age=60")), null);
            client.send(BODY);
        } finally {
            ResponseCache.setDefault(before);
        }
        assertThat(asked).isEmpty();
    }

    private void start(MisbehavingServer started, SSLContext tls) {
        server = started;
        Duration limit = Duration.ofSeconds(20);
        client = new JerseyIngestionClient(new IngestionSettings(
                server.endpoint(), "the-key", () -> "host", null, null, List.of(), limit, limit, null, tls));
    }
}
