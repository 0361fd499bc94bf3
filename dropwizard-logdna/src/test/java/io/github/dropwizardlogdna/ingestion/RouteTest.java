package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The JVM's proxy properties, by the rules of the JDK. */
class RouteTest {

    private final Properties before = (Properties) System.getProperties().clone();

    @AfterEach
    void restore() {
        System.setProperties(before);
    }

    @Test
    void isDirectByDefault() {
        assertThat(route("https://logs.example")).hasToString("none").isEqualTo(direct("logs.example", 443));
        assertThat(route("http://logs.example:81/x")).isEqualTo(direct("logs.example", 81));
        assertThat(route("http://[::1]")).isEqualTo(direct("::1", 80));
    }

    @Test
    void theProxyOfTheSchemeComesFirst() {
        set(Map.of(
                "proxyHost", "any", "https.proxyHost", "proxy", "https.proxyPort", "3128", "socksProxyHost", "socks"));

        assertThat(route("https://logs.example")).hasToString("HTTP proxy proxy:3128, which this JVM is set to");
        assertThat(route("http://logs.example")).hasToString("HTTP proxy any:80, which this JVM is set to");
        System.clearProperty("proxyHost");
        assertThat(route("http://logs.example")).hasToString("SOCKS proxy socks:1080, which this JVM is set to");
    }

    @ParameterizedTest
    @CsvSource({
        "logs.example,           , true",
        "logs.example,           *.example, false",
        "LOGS.example,           *.EXAMPLE, false",
        "logs.example,           logs.*, false",
        "logs.example,           a|logs.example|b, false",
        "logs.example,           a|example|b, true",
        "localhost,              , false",
        "localhost,              *.example, false",
        "127.0.0.1,              , false",
        "[::1],                  , false",
        "localhost,              '', true",
        "logs.example,           '*', false",
    })
    void hostsAreExcepted(String host, String nonProxyHosts, boolean proxied) {
        System.setProperty("http.proxyHost", "proxy");
        if (nonProxyHosts != null) {
            System.setProperty("http.nonProxyHosts", nonProxyHosts);
        }

        assertThat(route("http://" + host).isProxied()).isEqualTo(proxied);
    }

    @Test
    void socksHasExceptionsOfItsOwn() {
        set(Map.of("socksProxyHost", "socks", "socksProxyPort", "99", "http.nonProxyHosts", "logs.example"));
        assertThat(route("https://logs.example")).hasToString("SOCKS proxy socks:99, which this JVM is set to");
        System.setProperty("socksNonProxyHosts", "logs.example");
        assertThat(route("https://logs.example").isProxied()).isFalse();
    }

    @Test
    void theJdkNeedNotLookUpASocksProxyAgain() throws Exception {
        System.setProperty("socksProxyHost", "socks");
        InetAddress named = InetAddress.getByAddress("socks", new byte[] {127, 0, 0, 9});

        Proxy proxy = route("https://logs.example").socks(new InetSocketAddress(named, 1080));

        InetSocketAddress address = (InetSocketAddress) proxy.address();
        assertThat(address.getHostString()).isEqualTo("127.0.0.9");
        assertThat(address.getPort()).isEqualTo(1080);
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new UnknownHostException("proxy"), "unknown host proxy"),
                arguments(new ConnectException("refused"), "can't connect to https://logs.example: refused"),
                arguments(
                        new SocketTimeoutException("Connect timed out"),
                        "no connection to https://logs.example within 1 s"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aProxyOfTheJvmThatCanNotBeReachedIsNamed(Exception failure, String reason) {
        set(Map.of("https.proxyHost", "proxy", "https.proxyPort", "3128"));

        Verdict verdict = Diagnosis.verdict(failure, settings("https://logs.example", null));

        assertThat(verdict.reason())
                .isEqualTo(reason + "; check proxy (HTTP proxy proxy:3128, which this JVM is set to)");
        assertThat(verdict.remedy()).isEqualTo(Remedy.PROXY);
    }

    /** The JDK's SOCKS client throws a SocketException where another throws a ConnectException. */
    @Test
    void aSocksProxyOfTheJvmThatCanNotBeReachedIsNamed() {
        SocketException failure = new SocketException("Connection refused");
        IngestionSettings settings = settings("https://logs.example", null);
        String reason = "the connection to https://logs.example broke: Connection refused";
        assertThat(Diagnosis.verdict(failure, settings).reason()).isEqualTo(reason);
        assertThat(Diagnosis.verdict(failure, settings).remedy()).isEqualTo(Remedy.CLOSED);

        System.setProperty("socksProxyHost", "socks");

        assertThat(Diagnosis.verdict(failure, settings).reason())
                .isEqualTo(reason + "; check proxy (SOCKS proxy socks:1080, which this JVM is set to)");
        assertThat(Diagnosis.verdict(failure, settings).remedy()).isEqualTo(Remedy.PROXY);
    }

    @Test
    void theConfiguredOneWins() {
        System.setProperty("https.proxyHost", "another");

        Route route = Route.to(settings("https://logs.example", HttpProxy.parse("http://u:p@proxy:3128")));

        assertThat(route).hasToString("http://proxy:3128");
    }

    private static void set(Map<String, String> properties) {
        properties.forEach(System::setProperty);
    }

    private static Route direct(String host, int port) {
        return new Route(Route.Kind.DIRECT, host, port, null);
    }

    private static Route route(String endpoint) {
        return Route.to(settings(endpoint, null));
    }

    private static IngestionSettings settings(String endpoint, HttpProxy proxy) {
        Duration limit = Duration.ofSeconds(1);
        return new IngestionSettings(
                URI.create(endpoint), "key", () -> "host", null, null, List.of(), limit, limit, proxy, null);
    }
}
