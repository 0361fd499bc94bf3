package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import jakarta.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Start, log from several threads, and stop while they do, over and over: accepted lines arrive once, in the order of
 * their thread. The number of cycles is the system property {@code cycles}: a few hundred by default.
 */
class StopRaceTest {

    private static final int CYCLES = Integer.getInteger("cycles", 300);
    private static final int LOGGERS = 3;
    private static final long LONG = TimeUnit.MINUTES.toNanos(5);

    @TempDir
    private Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final RecordingObserver observer = new RecordingObserver();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    /** Runs on another thread between the first line and the stop. */
    private interface Meanwhile {
        void happens(Shipper shipper);
    }

    @Test
    void everyAcceptedLineIsDeliveredIfStopRacesWithLogging() throws Exception {
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            race(null, shipper -> {});
        }
    }

    @Test
    void everyAcceptedLineIsDeliveredWhileOthersFlushAndDrain() throws Exception {
        for (int cycle = 0; cycle < CYCLES / 3; cycle++) {
            race(null, shipper -> {
                shipper.flush(true);
                shipper.drain(LONG);
                shipper.flush(false);
            });
        }
    }

    @Test
    void everyAcceptedLineIsDeliveredThroughASpool() throws Exception {
        for (int cycle = 0; cycle < CYCLES / 3; cycle++) {
            String place = String.format("%016d-1", cycle);
            HostInfo origin = new HostInfo("web-1", null, null, List.of());
            race(new SpoolSettings(directory.resolve("logdna"), 64 << 20, place, () -> origin), shipper -> {});
        }
        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    private void race(@Nullable SpoolSettings spool, Meanwhile meanwhile) throws Exception {
        ScriptedClient endpoint = new ScriptedClient();
        Shipper shipper = shipper(endpoint, spool);
        shipper.start();
        CountDownLatch logging = new CountDownLatch(LOGGERS);
        List<Future<Integer>> loggers = new ArrayList<>();
        for (int i = 0; i < LOGGERS; i++) {
            int logger = i;
            loggers.add(threads.submit(() -> logUntilRefused(shipper, logger, logging)));
        }
        logging.await();
        Future<?> other = threads.submit(() -> meanwhile.happens(shipper));

        assertThat(shipper.stop(LONG)).isZero();

        other.get();
        List<Integer> accepted = new ArrayList<>();
        for (Future<Integer> logger : loggers) {
            accepted.add(logger.get());
        }
        assertArrived(endpoint.taken, accepted);
        long all = accepted.stream().mapToLong(Integer::longValue).sum();
        assertThat(shipper.counts().accepted()).isEqualTo(all);
        assertThat(shipper.counts().delivered()).isEqualTo(all);
        assertThat(shipper.counts().heldLines()).isZero();
        assertThat(shipper.keptLines()).isZero();
        assertThat(shipper.counts().dropped(DropReason.ABANDONED))
                .as("the line of each logger that came too late")
                .isEqualTo(LOGGERS);
        assertThat(observer.events).isEmpty();
        assertThat(shipper.counts().internalErrors()).isZero();
    }

    private static int logUntilRefused(Shipper shipper, int logger, CountDownLatch logging) {
        int accepted = 0;
        while (true) {
            byte[] line = TestLines.line(logger + " " + accepted);
            if (shipper.append(line, line.length, 1, false) != AppendResult.ACCEPTED) {
                return accepted;
            }
            accepted++;
            logging.countDown();
            if (accepted > 50) {
                LockSupport.parkNanos(20_000); // more lines would take more time, and race no more
            }
        }
    }

    /** Each line once, and those of one logger in their order. */
    private static void assertArrived(List<String> taken, List<Integer> accepted) {
        Map<Integer, Integer> next = new HashMap<>();
        for (String line : taken) {
            String[] parts = line.split(" ");
            int logger = Integer.parseInt(parts[0]);
            int expected = next.merge(logger, 1, Integer::sum) - 1;
            if (Integer.parseInt(parts[1]) != expected) {
                throw new AssertionError("line " + expected + " of logger " + logger + " is missing before " + line);
            }
        }
        for (int logger = 0; logger < accepted.size(); logger++) {
            assertThat(next.getOrDefault(logger, 0)).isEqualTo(accepted.get(logger));
        }
    }

    private Shipper shipper(ScriptedClient endpoint, @Nullable SpoolSettings spool) {
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(100_000_000, 1L << 30, 0, 0),
                false,
                4 * 1024,
                Duration.ofMillis(1),
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5)),
                spool);
        return new Shipper(
                "test",
                settings,
                () -> endpoint,
                text -> ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8),
                List.of(observer),
                ClockAndJitter.real());
    }
}
