package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With {@code concurrentRequests: 4} against an endpoint that answers late, and first with errors. */
@Timeout(120)
class ConcurrentRequestsOverHttpTest {

    private static final int REQUESTS = 4;
    private static final int LINES = 3_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    /** How often each line was taken. */
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    /** The first requests are answered once this many are in flight. */
    private final CountDownLatch overlap = new CountDownLatch(REQUESTS);

    private final MisbehavingServer server = MisbehavingServer.http(this::serve);
    private volatile boolean down;

    @AfterEach
    void stopServer() {
        server.close();
    }

    private void serve(Connection connection) throws IOException {
        List<JsonNode> lines = connection.readRequest().lines();
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            overlap.countDown();
            assertThat(overlap.await(30, TimeUnit.SECONDS)).isTrue();
            int request = requests.incrementAndGet();
            int status = down
                    ? 503
                    : switch (request) {
                        case 2, 9 -> 503;
                        case 5, 12 -> 207;
                        case 7 -> lines.size() > 1 ? 413 : 200; // a single line would be dropped
                        default -> 200;
                    };
            answer(connection, status, lines);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inFlight.decrementAndGet();
        }
    }

    /** Of a 207 each third line is deferred. */
    private void answer(Connection connection, int status, List<JsonNode> lines) throws IOException {
        for (int i = 0; i < lines.size() && status < 300; i++) {
            if (status == 200 || i % 3 != 0) {
                taken.merge(lines.get(i).path("line").asText(), 1, Integer::sum);
            }
        }
        String statuses = IntStream.range(0, lines.size())
                .mapToObj(i -> i % 3 == 0 ? "503" : "200")
                .collect(Collectors.joining(",", "{\"status\":[", "]}"));
        connection.answer(status, status == 207 ? statuses : "{}");
    }

    private ConfiguredAppender appender(String... more) throws Exception {
        String[] options = {
            "ingestionKey: key",
            "endpoint: " + server.endpoint() + "/logs/ingest",
            "concurrentRequests: " + REQUESTS,
            "batchSize: 16KiB",
            "flushInterval: 20ms",
            "minRetryDelay: 10ms",
            "maxRetryDelay: 50ms",
        };
        String[] all = Arrays.copyOf(options, options.length + more.length);
        System.arraycopy(more, 0, all, options.length, more.length);
        return ConfiguredAppender.of(all);
    }

    private static void logAll(ConfiguredAppender appender) {
        for (int i = 0; i < LINES; i++) {
            appender.log(appender.event("line " + i));
        }
    }

    @Test
    void fourRequestsOverlapAndEachLineArrivesOnce() throws Exception {
        try (ConfiguredAppender appender = appender("shutdownTimeout: 60s")) {
            logAll(appender);
            appender.stop();

            assertThat(mostInFlight).hasValue(REQUESTS);
            assertEachLineArrivedOnce();
            assertThat(appender.shipper().counts().delivered()).isEqualTo(LINES);
            assertThat(appender.shipper().counts().heldBytes()).isZero();
        }
    }

    @Test
    void aSpoolBringsTheRestAfterARestart() throws Exception {
        String spool = "spool: {directory: '" + directory.resolve("spool") + "'}";
        long kept;
        try (ConfiguredAppender appender = appender("name: app", spool, "shutdownTimeout: 2s")) {
            logAll(appender);
            await().atMost(PATIENCE).until(() -> requests.get() > 12);
            down = true;
            appender.stop();
            kept = appender.shipper().keptLines();
            assertThat(appender.shipper().counts().delivered() + kept).isEqualTo(LINES);
        }
        down = false;
        try (ConfiguredAppender next = appender("name: app", spool, "shutdownTimeout: 60s")) {
            // Lines of a batch that was taken in part come again.
            await().atMost(PATIENCE)
                    .until(() -> next.shipper().counts().recovered() >= kept
                            && next.shipper().counts().bytesOnDisk() == 0);
        }
        assertThat(taken).hasSize(LINES);
    }

    @Test
    void aBufferMustHoldABatchMoreThanRequests() {
        assertThatThrownBy(() -> appender("bufferSize: 64KiB"))
                .hasMessageContaining("must hold concurrentRequests + 1 batches (5 x 16 kibibytes)");
    }

    private void assertEachLineArrivedOnce() {
        assertThat(taken).hasSize(LINES);
        assertThat(taken.values()).containsOnly(1);
    }
}
