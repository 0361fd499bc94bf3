package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.jackson.Jackson;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.TestCertificate;
import io.github.dropwizardlogdna.testing.TestProxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code proxy} in a service's YAML, and a proxy. */
class ProxyOptionTest {

    private static final String HTTP = "endpoint: http://logs.example";

    @TempDir
    Path directory;

    @Test
    void shipsThroughTheProxy() throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.answer(200));
                TestProxy proxy = TestProxy.to(server.endpoint().getPort(), "user:p@ss")) {
            ship(HTTP, "proxy: http://user:p%40ss@localhost:" + proxy.port());

            assertThat(server.requests()).hasSize(1);
            assertThat(proxy.heads()).hasSize(1);
        }
    }

    @Test
    void shipsThroughTheProxyToAnHttpsEndpoint() throws Exception {
        TestCertificate certificate = TestCertificate.of("dns:logs.example", directory);
        try (MisbehavingServer server = MisbehavingServer.https(certificate.context(), MisbehavingServer.answer(200));
                TestProxy proxy = TestProxy.to(server.endpoint().getPort(), "user:p@ss")) {
            ship(
                    "endpoint: https://logs.example",
                    "proxy: http://user:p%40ss@localhost:" + proxy.port(),
                    "tls: {trustStorePath: '" + certificate.trustStore("PKCS12") + "', trustStorePassword: "
                            + certificate.password() + "}");

            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"app: orders", "proxy: ''"})
    void honoursTheJvmsProxyIfUnset(String option) throws Exception {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.answer(200));
                TestProxy proxy = TestProxy.to(server.endpoint().getPort())) {
            System.setProperty("http.proxyHost", "localhost");
            System.setProperty("http.proxyPort", String.valueOf(proxy.port()));

            ship(HTTP, option);

            assertThat(server.requests()).hasSize(1);
            assertThat(proxy.heads()).hasSize(1);
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
    }

    @Test
    void aProxyOfAnotherFormStopsTheStart() {
        refused("must have the form", HTTP, "proxy: 'https://user:secret@localhost:3128'");
        refused("must name a port", HTTP, "proxy: 'http://user:secret@localhost'");
        refused("percent-encode", HTTP, "proxy: 'http://user:sec ret@localhost:3128'");
    }

    @Test
    void theCredentialsAreNotShown() throws Exception {
        Object factory = ConfiguredAppender.factory("enabled: false", "proxy: http://user:secret@localhost:3128");
        assertThat(Jackson.newObjectMapper().writeValueAsString(factory)).doesNotContain("secret");
        assertThat(factory.toString()).doesNotContain("secret");
    }

    private static void refused(String problem, String... options) {
        assertThatThrownBy(() -> ship(options))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("appenders[0].proxy ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("sec")
                .hasNoCause();
    }

    private static void ship(String... options) throws Exception {
        String[] all = new String[options.length + 2];
        all[0] = "ingestionKey: key";
        all[1] = "shutdownTimeout: 60s";
        System.arraycopy(options, 0, all, 2, options.length);
        try (ConfiguredAppender appender = ConfiguredAppender.of(all)) {
            appender.log(appender.event("message"));
        }
    }
}
