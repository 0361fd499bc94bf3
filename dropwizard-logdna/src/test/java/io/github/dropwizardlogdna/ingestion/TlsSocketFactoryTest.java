package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class TlsSocketFactoryTest {

    private final TlsSocketFactory factory = new TlsSocketFactory(null);

    @Test
    void closesWhatItHandedOut() throws IOException {
        Socket socket = factory.createSocket();

        factory.closeSockets();

        assertThat(socket.isClosed()).isTrue();
    }

    @Test
    void closesTheSocketThatAProxyWasReachedBy() throws IOException {
        try (Socket toTheProxy = new Socket()) {
            // Not connected, so that TLS can't be layered over it.
            assertThatIOException().isThrownBy(() -> factory.createSocket(toTheProxy, "host", 443, true));

            factory.closeSockets();

            assertThat(toTheProxy.isClosed()).isTrue();
        }
    }

    @Test
    void refusesConnectionsFromACutOffUntilTheNextRequest() throws IOException {
        factory.closeSockets();

        assertThatIOException().isThrownBy(factory::createSocket);

        factory.open();
        assertThat(factory.createSocket().isClosed()).isFalse();
        factory.closeSockets();
    }

    @Test
    void doesNotConnectPastAProxy() {
        assertThatIOException().isThrownBy(() -> factory.createSocket("localhost", 443));
        assertThatIOException().isThrownBy(() -> factory.createSocket(InetAddress.getLoopbackAddress(), 443));
    }
}
