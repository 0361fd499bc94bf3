package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.jackson.Jackson;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.TestCertificate;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tls} in a service's YAML, and a server that shows a certificate. */
class TlsOptionTest {

    @TempDir
    static Path directory;

    private static TestCertificate servers;
    private static TestCertificate clients;
    private static String password;

    private MisbehavingServer server;

    @BeforeAll
    static void makeCertificates() throws Exception {
        servers = TestCertificate.of("dns:localhost", directory);
        clients = TestCertificate.inJks("dns:client", directory);
        password = servers.password();
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PKCS12", "JKS"})
    void shipsToAServerInTheTrustStore(String type) throws Exception {
        start(servers.context());

        ship("{trustStorePath: '" + servers.trustStore(type) + "', trustStorePassword: " + password + "}");

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void readsATrustStoreOfJksWithoutAPassword() throws Exception {
        start(servers.context());

        ship("{trustStorePath: '" + servers.trustStore("JKS") + "', trustStorePassword: ''}");

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void shipsNothingToAServerThatIsNotInTheTrustStore() throws Exception {
        start(servers.context());

        ship("{trustStorePath: '" + clients.trustStore("PKCS12") + "', trustStorePassword: " + password + "}");

        assertThat(server.connections()).isPositive();
        assertThat(server.begun()).isZero();
    }

    @Test
    void shipsNothingToAServerThatTheJvmDoesNotTrust() throws Exception {
        start(servers.context());

        ship("{}");

        assertThat(server.connections()).isPositive();
        assertThat(server.begun()).isZero();
    }

    @Test
    void shipsNothingToAServerWithACertificateOfAnotherName() throws Exception {
        TestCertificate other = TestCertificate.of("dns:other.example", directory);
        start(other.context());

        ship("{trustStorePath: '" + other.trustStore("PKCS12") + "', trustStorePassword: " + password + "}");

        assertThat(server.connections()).isPositive();
        assertThat(server.begun()).isZero();
    }

    @Test
    void presentsTheKeyStoresCertificateToAServerThatRequestsOne() throws Exception {
        server = MisbehavingServer.httpsWithClientCertificates(
                servers.contextThatTrusts(clients), MisbehavingServer.answer(200));
        String trust = "trustStorePath: '" + servers.trustStore("PKCS12") + "', trustStorePassword: " + password;

        ship("{" + trust + "}");

        assertThat(server.begun()).isZero();

        ship("{" + trust + ", keyStorePath: '" + clients.store() + "', keyStorePassword: " + password + "}");

        assertThat(server.requests()).hasSize(1);
    }

    // What stops the start

    @Test
    void storesThatCannotBeReadStopTheStart() throws Exception {
        Path noStore = Files.writeString(directory.resolve("no-store"), "-----BEGIN CERTIFICATE-----");
        Path trust = servers.trustStore("PKCS12");
        Path trustJks = servers.trustStore("JKS");

        refused(
                "{trustStorePath: /no/such/file}",
                "tls.trustStorePath must be the path of a file that the service can read");
        refused("{trustStorePath: '" + directory + "'}", "tls.trustStorePath must be the path of a file");
        refused("{trustStorePath: '" + noStore + "'}", "tls.trustStorePath must name a key store, JKS or PKCS12");
        refused("{trustStorePath: '" + trust + "', trustStorePassword: wrong-secret}", "tls.trustStorePassword is not");
        refused("{trustStorePath: '" + trustJks + "', trustStorePassword: wrong-secret}", "tls.trustStorePassword is");
        refused("{trustStorePath: '" + trust + "', trustStorePassword: '${secret}'}", "was not substituted");
        refused("{trustStorePath: '" + trust + "'}", "set trustStorePassword");
        refused("{trustStorePath: '" + clients.store() + "'}", "tls.trustStorePath holds no trusted certificate");
        refused("{trustStorePassword: secret}", "tls.trustStorePath must be set");
        refused("{keyStorePassword: secret}", "tls.keyStorePath must be set");
        refused("{keyStorePath: '" + clients.store() + "'}", "tls.keyStorePassword must be set");
        refused(
                "{keyStorePath: '" + clients.store() + "', keyStorePassword: wrong-secret}",
                "tls.keyStorePassword is not the password of the store");
        refused("{keyStorePath: '" + trust + "', keyStorePassword: " + password + "}", "holds no key");
        refused("{truststorePath: x}", "tls.truststorePath is not an option of tls; did you mean trustStorePath?");
        refused("{keyPassword: secret}", "tls.keyPassword is not an option of tls");
    }

    @Test
    void tlsForAnHttpEndpointStopsTheStart() throws Exception {
        Path trust = servers.trustStore("PKCS12");
        assertThatThrownBy(() -> ConfiguredAppender.of(
                        "ingestionKey: key",
                        "endpoint: HTTP://localhost:1",
                        "tls: {trustStorePath: '" + trust + "', trustStorePassword: " + password + "}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("appenders[0].tls would protect nothing")
                .hasMessageNotContaining(password);
    }

    @Test
    void anAppenderThatIsNotEnabledNeedsNoStores() throws Exception {
        ConfiguredAppender.of("enabled: false", "tls: {trustStorePath: /no/such/file}")
                .close();
        assertThatThrownBy(() -> ConfiguredAppender.of("enabled: false", "tls: {trust: x}"))
                .hasMessageContaining("tls.trust is not an option");
    }

    @Test
    void thePasswordsAreNotShown() throws Exception {
        Object factory = ConfiguredAppender.factory(
                "enabled: false", "tls: {trustStorePassword: a-secret, keyStorePassword: a-secret}");
        assertThat(Jackson.newObjectMapper().writeValueAsString(factory)).doesNotContain("a-secret");
        assertThat(factory.toString()).doesNotContain("a-secret");
    }

    private static void refused(String tls, String problem) {
        assertThatThrownBy(() -> ConfiguredAppender.of("ingestionKey: key", "tls: " + tls))
                .as(tls)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("appenders[0].tls.")
                .hasMessageContaining(problem)
                .hasMessageNotContaining(password)
                .satisfies(
                        e -> assertThat(e.getMessage().toLowerCase(Locale.ROOT)).doesNotContain("secret"))
                .hasNoCause();
    }

    private void start(SSLContext context) {
        server = MisbehavingServer.https(context, MisbehavingServer.answer(200));
    }

    private void ship(String tls) throws Exception {
        URI endpoint = server.endpoint();
        try (ConfiguredAppender appender = ConfiguredAppender.of(
                "ingestionKey: key", "endpoint: " + endpoint, "shutdownTimeout: 1s", "tls: " + tls)) {
            appender.log(appender.event("message"));
            // The first TLS of a JVM takes its time; an end that comes before it is over would show nothing.
            await().until(() -> appender.shipper().counts().delivered() > 0
                    || appender.shipper().counts().requestsFailed() > 0);
        }
    }
}
