package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that wait while a request is in flight are sent together. */
@Timeout(180)
class GrowingBatchesTest {

    private static final int MIB = 1024 * 1024;
    private static final String KIBIBYTE = "x".repeat(1024);

    @Test
    void aBatchThatWaitsGrowsBeyondTheDefaultSize() throws Exception {
        // The endpoint has taken 2 MiB, so it may get 4 MiB.
        assertThat(largestRequest("bufferSize: 32MiB")).isBetween(3 * MIB, 4 * MIB + 1024);
    }

    @Test
    void aConfiguredBatchSizeLimitsEachRequest() throws Exception {
        assertThat(largestRequest("bufferSize: 32MiB", "batchSize: 2MiB")).isBetween(MIB, 2 * MIB + 1024);
    }

    /** The JSON bytes of the largest request after one has hung while 8 MiB were logged. */
    private static int largestRequest(String... options) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start()) {
            String[] all = new String[options.length + 4];
            all[0] = "ingestionKey: " + endpoint.ingestionKey();
            all[1] = "endpoint: " + endpoint.url();
            all[2] = "flushInterval: 1h";
            all[3] = "shutdownTimeout: 60s";
            System.arraycopy(options, 0, all, 4, options.length);
            try (ConfiguredAppender appender = ConfiguredAppender.of(all)) {
                // The first request of a JVM may be slow, and the last one counts.
                for (int i = 1; i <= 3; i++) {
                    int batches = i;
                    log(appender, 2);
                    await().atMost(Duration.ofMinutes(1))
                            .until(() -> endpoint.lines().batches().size() >= batches);
                }
                endpoint.hang();
                log(appender, 2);
                await().atMost(Duration.ofMinutes(1)).until(() -> endpoint.hanging() == 1);

                log(appender, 8);
                endpoint.takeAll();
                appender.stop();

                assertThat(endpoint.lines()).hasSize(16 * 1024);
                return endpoint.lines().batches().stream()
                        .map(Batch::transfer)
                        .mapToInt(Batch.Transfer::jsonBytes)
                        .max()
                        .orElseThrow();
            }
        }
    }

    private static void log(ConfiguredAppender appender, int mebibytes) {
        for (int i = 0; i < mebibytes * 1024; i++) {
            appender.log(appender.event(KIBIBYTE));
        }
    }
}
