package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several requests in flight at once, with threads, against an endpoint in this process. */
@Timeout(180)
class ConcurrentRequestsTest {

    private static final long LONG = TimeUnit.SECONDS.toNanos(30);
    private static final int REQUESTS = 4;
    private static final int LINES = 2_000;

    @TempDir
    private Path directory;

    private final ScriptedClient endpoint = new ScriptedClient();
    private final RecordingObserver observer = new RecordingObserver();
    private final List<Shipper> started = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void stopAll() {
        released.countDown();
        started.forEach(shipper -> shipper.stop(0));
    }

    @Test
    void sendsAsManyRequestsAtOnceAsAllowedAndNoMore() {
        AtomicInteger inFlight = new AtomicInteger();
        endpoint.always(lines -> {
            inFlight.incrementAndGet();
            awaitQuietly(released);
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(() -> endpoint, null);
        logAll(shipper);

        await().untilAsserted(() -> assertThat(inFlight).hasValue(REQUESTS));
        assertThat(endpoint.requests).hasSize(REQUESTS);
        released.countDown();

        assertThat(shipper.drain(LONG)).isTrue();
        assertArrivedOnce(shipper);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"RETRY", "SERVER_ERROR", "TOO_LARGE", "DELIVERED_IN_PART", "UNSUPPORTED_ENCODING", "TIMED_OUT"})
    void deliversEachLineOnceThroughFailures(Outcome failure) {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(lines -> {
            if (requests.incrementAndGet() % 5 != 0 || lines.size() == 1) {
                return ScriptedClient.verdict(Outcome.DELIVERED);
            }
            if (failure != Outcome.DELIVERED_IN_PART) {
                return ScriptedClient.verdict(failure);
            }
            Outcome[] each = new Outcome[lines.size()];
            for (int i = 0; i < each.length; i++) {
                each[i] = i % 3 == 0 ? Outcome.RETRY : Outcome.DELIVERED;
            }
            return ScriptedClient.byLine(each);
        });
        Shipper shipper = shipper(() -> endpoint, null);
        logAll(shipper);

        assertThat(shipper.drain(LONG)).isTrue();

        assertArrivedOnce(shipper);
        assertThat(observer.events).noneMatch(event -> event.startsWith("error"));
    }

    @Test
    void keepsAllLinesWhileTheKeyIsRefused() {
        AtomicBoolean accepted = new AtomicBoolean();
        endpoint.always(lines -> ScriptedClient.verdict(accepted.get() ? Outcome.DELIVERED : Outcome.KEY_REFUSED));
        Shipper shipper = shipper(() -> endpoint, null);
        logAll(shipper);
        await().until(() -> endpoint.verdicts.size() >= 3 * REQUESTS);
        assertThat(shipper.state().kind()).isEqualTo(DeliveryState.Kind.KEY_REFUSED);
        assertThat(shipper.counts().heldLines()).isEqualTo(LINES);

        accepted.set(true);

        assertThat(shipper.drain(LONG)).isTrue();
        assertArrivedOnce(shipper);
    }

    @Test
    void aLimitThatOneRequestMeetsHoldsForTheOthers() {
        int limit = 5;
        endpoint.always(lines -> ScriptedClient.verdict(lines.size() > limit ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        Shipper shipper = shipper(() -> endpoint, null);
        logAll(shipper);

        assertThat(shipper.drain(LONG)).isTrue();

        assertArrivedOnce(shipper);
        long refused = endpoint.verdicts.stream()
                .filter(verdict -> verdict.outcome() == Outcome.TOO_LARGE)
                .count();
        assertThat(refused).as("of about 80 batches").isBetween(1L, 40L);
    }

    @Test
    void countsTheRequestsOfAllSenders() {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(lines ->
                ScriptedClient.verdict(requests.incrementAndGet() % 3 == 0 ? Outcome.RETRY : Outcome.DELIVERED));
        Shipper shipper = shipper(() -> endpoint, null);
        logAll(shipper);

        assertThat(shipper.drain(LONG)).isTrue();

        assertArrivedOnce(shipper);
        long failed = endpoint.verdicts.stream()
                .filter(verdict -> verdict.outcome() == Outcome.RETRY)
                .count();
        assertThat(failed).isPositive();
        ShippingCounts counts = shipper.counts();
        assertThat(counts.requestsFailed()).isEqualTo(failed);
        assertThat(counts.bytesSent()).isPositive();
    }

    @Test
    void keepsTheOrderOfAThreadWithinARequest() {
        Shipper shipper = shipper(() -> endpoint, null);
        logAll(shipper);

        assertThat(shipper.drain(LONG)).isTrue();

        assertThat(endpoint.requests)
                .allSatisfy(lines -> assertThat(numbers(lines)).isSortedAccordingTo(Integer::compare));
    }

    @Test
    void drainWaitsForAnOlderBatchThanTheLastDelivered() {
        CountDownLatch first = new CountDownLatch(1);
        endpoint.always(lines -> {
            if (lines.contains("line 0")) {
                first.countDown();
                awaitQuietly(released);
            }
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(() -> endpoint, null);
        log(shipper, 0);
        shipper.flush(true);
        awaitQuietly(first);
        CountDownLatch waiting = new CountDownLatch(1);
        boolean[] settled = new boolean[1];
        Thread drain = new Thread(() -> {
            waiting.countDown();
            settled[0] = shipper.drain(LONG);
        });
        drain.start();
        awaitQuietly(waiting);
        await().until(() -> drain.getState() == Thread.State.TIMED_WAITING);
        for (int i = 1; i < LINES; i++) {
            log(shipper, i);
        }
        await().until(() -> shipper.counts().delivered() == LINES - 1);

        // As many lines are delivered, but not the first: each time that it is woken it goes on to wait.
        await().until(() -> drain.getState() == Thread.State.TIMED_WAITING);

        released.countDown();
        await().until(() -> !drain.isAlive());
        assertThat(settled[0]).isTrue();
        shipper.flush(false);
    }

    @Test
    void stopCutsOffEachRequestInFlight() {
        AtomicInteger inFlight = new AtomicInteger();
        AtomicInteger cutOff = new AtomicInteger();
        Shipper shipper = shipper(() -> new HangingClient(inFlight, cutOff), null);
        logAll(shipper);
        await().until(() -> inFlight.get() == REQUESTS);

        long abandoned = shipper.stop(0);

        assertThat(cutOff).hasValue(REQUESTS);
        assertThat(abandoned).isEqualTo(LINES);
        assertThat(shipper.counts().heldLines()).isZero();
    }

    @Test
    void theNextProcessDeliversTheSpooledBatches() {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(
                lines -> ScriptedClient.verdict(requests.incrementAndGet() <= 6 ? Outcome.DELIVERED : Outcome.RETRY));
        Shipper shipper = shipper(() -> endpoint, spool(1));
        logAll(shipper);
        await().ignoreExceptions().until(() -> shipper.counts().delivered() + linesOnDisk() == LINES);
        assertThat(shipper.stop(0)).isZero();
        long kept = shipper.keptLines();
        assertThat(kept).isPositive();
        assertThat(shipper.counts().delivered() + kept).isEqualTo(LINES);

        endpoint.always(lines -> ScriptedClient.verdict(Outcome.DELIVERED));
        Shipper next = shipper(() -> endpoint, spool(2));

        await().until(() -> next.counts().recovered() == kept);
        assertArrivedOnce(endpoint.taken);
        assertThat(next.stop(LONG)).isZero();
        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    private long linesOnDisk() throws IOException {
        long lines = 0;
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".batch")).toList()) {
                lines += SpoolFile.decode(Files.readAllBytes(file), 0).lines();
            }
        }
        return lines;
    }

    private SpoolSettings spool(int process) {
        HostInfo host = new HostInfo("web-1", null, null, List.of());
        return new SpoolSettings(directory.resolve("logdna"), 64 << 20, String.format("%016d-1", process), () -> host);
    }

    /** Sends nothing, and returns only when it is cut off. */
    private static final class HangingClient implements IngestionClient {

        private final AtomicInteger inFlight;
        private final AtomicInteger cutOffs;
        private final CountDownLatch cutOff = new CountDownLatch(1);

        HangingClient(AtomicInteger inFlight, AtomicInteger cutOffs) {
            this.inFlight = inFlight;
            this.cutOffs = cutOffs;
        }

        @Override
        public Verdict send(RequestBody body) {
            inFlight.incrementAndGet();
            awaitQuietly(cutOff);
            cutOffs.incrementAndGet();
            return ScriptedClient.verdict(Outcome.RETRY);
        }

        @Override
        public void cutOff() {
            cutOff.countDown();
        }

        @Override
        public void close() {}
    }

    private Shipper shipper(Supplier<IngestionClient> clients, @Nullable SpoolSettings spool) {
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(1_000_000, 64 << 20, 0, 0),
                false,
                1_024,
                1_024,
                Duration.ofMillis(5),
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5)),
                REQUESTS,
                spool);
        Shipper shipper =
                new Shipper("test", settings, clients, TestLines::line, List.of(observer), ClockAndJitter.real());
        shipper.start();
        started.add(shipper);
        return shipper;
    }

    private static void logAll(Shipper shipper) {
        for (int i = 0; i < LINES; i++) {
            log(shipper, i);
        }
    }

    private static void log(Shipper shipper, int number) {
        byte[] line = TestLines.line("line " + number);
        assertThat(shipper.append(line, line.length, 1, false)).isEqualTo(AppendResult.ACCEPTED);
    }

    private static List<Integer> numbers(List<String> lines) {
        return lines.stream()
                .map(line -> Integer.valueOf(line.substring("line ".length())))
                .toList();
    }

    private void assertArrivedOnce(Shipper shipper) {
        assertArrivedOnce(endpoint.taken);
        ShippingCounts counts = shipper.counts();
        assertThat(counts.delivered()).isEqualTo(LINES);
        assertThat(counts.droppedLines()).isZero();
        await().untilAsserted(() -> assertThat(shipper.counts().heldBytes()).isZero());
    }

    private static void assertArrivedOnce(List<String> taken) {
        Map<String, Integer> times = new HashMap<>();
        taken.forEach(line -> times.merge(line, 1, Integer::sum));
        assertThat(times).hasSize(LINES);
        assertThat(times.values()).containsOnly(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
