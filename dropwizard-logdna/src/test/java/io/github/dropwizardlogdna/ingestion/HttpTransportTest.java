package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.HttpException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpTransportTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.answer(200));
    private final HttpTransport transport = new HttpTransport(
            new IngestionSettings(
                    server.endpoint(), "the-key", () -> "host", null, null, List.of(), LONG, LONG, null, null),
            Watchdog.SHARED);

    @AfterEach
    void close() {
        transport.close();
        server.close();
    }

    @Test
    void aRequestThatIsCutOffAsItTakesTheIdleConnectionClosesIt() throws Exception {
        post(new Attempt(Watchdog.SHARED));
        assertThat(server.openConnections()).isOne();

        // The watchdog starts its thread after the request was allowed, and before it takes the connection.
        Attempt[] cutOff = new Attempt[1];
        cutOff[0] = new Attempt(new Watchdog(thread -> cutOff[0].cutOff("the end of the process")));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> post(cutOff[0]))
                .withMessage("the end of the process");
        await().untilAsserted(() -> assertThat(server.openConnections()).isZero());
    }

    private void post(Attempt attempt) throws IOException, HttpException {
        URI uri = IngestionUri.of(
                server.endpoint(), new HostInfo("host", null, null, List.of()), System.currentTimeMillis());
        transport.post(uri, Map.of(), new byte[0], attempt);
    }
}
