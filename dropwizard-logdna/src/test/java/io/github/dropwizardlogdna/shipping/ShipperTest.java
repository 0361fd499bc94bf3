package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shipper with its threads, against an endpoint in this process. */
@Timeout(180)
class ShipperTest {

    private static final long LONG = TimeUnit.SECONDS.toNanos(20);

    private final ScriptedClient endpoint = new ScriptedClient();
    private final RecordingObserver observer = new RecordingObserver();
    private final List<Shipper> started = new ArrayList<>();

    private Shipper shipper(
            IngestionClient client,
            BufferLimits limits,
            boolean waitForRoom,
            Duration flushInterval,
            ShippingThread.Starter threads) {
        ShippingSettings settings = new ShippingSettings(
                limits,
                waitForRoom,
                4 * 1024,
                flushInterval,
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5)),
                null);
        Shipper shipper = new Shipper(
                "test",
                settings,
                () -> client,
                text -> ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8),
                List.of(observer),
                ClockAndJitter.real(),
                threads);
        shipper.start();
        started.add(shipper);
        return shipper;
    }

    private Shipper shipper(IngestionClient client, BufferLimits limits, boolean waitForRoom, Duration flushInterval) {
        return shipper(client, limits, waitForRoom, flushInterval, ShippingThread.Starter.REAL);
    }

    private Shipper shipper(IngestionClient client, Duration flushInterval, ShippingThread.Starter threads) {
        return shipper(client, new BufferLimits(1_000_000, 64 << 20, 0, 0), false, flushInterval, threads);
    }

    private Shipper shipper(IngestionClient client, Duration flushInterval) {
        return shipper(client, flushInterval, ShippingThread.Starter.REAL);
    }

    private static AppendResult log(Shipper shipper, String text) {
        byte[] line = TestLines.line(text);
        return shipper.append(line, line.length, 1, false);
    }

    @AfterEach
    void stopAll() {
        started.forEach(shipper -> shipper.stop(0));
    }

    @Test
    void deliversALineWithinItsFlushIntervalWithoutBeingAsked() {
        Shipper shipper = shipper(endpoint, Duration.ofMillis(50));

        log(shipper, "hello");

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("hello"));
        await().untilAsserted(() -> {
            ShippingCounts counts = shipper.counts();
            assertThat(counts.heldBytes()).isZero();
            assertThat(counts.heldLines()).isZero();
            assertThat(counts.oldestAge()).isZero();
        });
    }

    @Test
    void deliversFromManyThreadsThroughFailuresEachLineOnceAndInTheOrderOfItsThread() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(lines ->
                ScriptedClient.verdict(requests.incrementAndGet() % 2 == 0 ? Outcome.RETRY : Outcome.DELIVERED));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(5));
        int threads = 8;
        int linesEach = 2_000;
        List<Thread> loggers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            Thread logger = new Thread(() -> {
                for (int i = 0; i < linesEach; i++) {
                    log(shipper, thread + " " + i);
                }
            });
            logger.start();
            loggers.add(logger);
        }
        for (Thread logger : loggers) {
            logger.join();
        }

        assertThat(shipper.drain(LONG)).isTrue();

        assertThat(endpoint.taken).hasSize(threads * linesEach);
        int[] next = new int[threads];
        for (String line : endpoint.taken) {
            String[] parts = line.split(" ");
            assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
        }
    }

    @Test
    void stopGivesUpInTimeAndCountsAbandonedLines() {
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(1));
        for (int i = 0; i < 10; i++) {
            log(shipper, "line " + i);
        }

        assertThat(shipper.stop(TimeUnit.MILLISECONDS.toNanos(50))).isEqualTo(10);

        assertThat(shipper.counts().dropped(DropReason.ABANDONED)).isEqualTo(10);
        assertThat(shipper.counts().heldLines()).isZero();
        await().untilAsserted(() -> assertThat(endpoint.closed).isTrue());
    }

    @Test
    void drainEndsAtOnceIfTheNextAttemptIsAfterItsTimeout() {
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(5)));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(1));
        log(shipper, "line");

        assertThat(shipper.drain(TimeUnit.MINUTES.toNanos(4))).isFalse();
        // The test's own time-out is far below these four minutes.
    }

    @Test
    void aWaitDoesNotRepeatAnEarlierOneThatTimedOut() {
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(1));
        log(shipper, "line");
        assertThat(shipper.drain(1)).isFalse();

        assertThat(shipper.drain(TimeUnit.MINUTES.toNanos(4))).isFalse();
        assertThat(shipper.stop(TimeUnit.MINUTES.toNanos(4))).isEqualTo(1);
    }

    @Test
    void abortsAHangingRequestOnStop() {
        CountDownLatch cutOff = new CountDownLatch(1);
        CountDownLatch sending = new CountDownLatch(1);
        IngestionClient hanging = new IngestionClient() {
            @Override
            public Verdict send(RequestBody body) {
                sending.countDown();
                awaitQuietly(cutOff);
                return ScriptedClient.verdict(Outcome.RETRY);
            }

            @Override
            public void cutOff() {
                cutOff.countDown();
            }

            @Override
            public void close() {}
        };
        Shipper shipper = shipper(hanging, Duration.ofMillis(1));
        log(shipper, "line");
        awaitQuietly(sending);

        assertThat(shipper.stop(1)).isEqualTo(1);

        assertThat(cutOff.getCount()).isZero();
    }

    @Test
    void dropsAndCountsLinesThatDoNotFit() {
        CountDownLatch recovered = new CountDownLatch(1);
        endpoint.always(lines -> {
            awaitQuietly(recovered);
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(endpoint, new BufferLimits(1_000_000, 20_000, 0, 0), false, Duration.ofMillis(5));
        int lines = 0;
        while (shipper.counts().dropped(DropReason.FULL) < 10) {
            log(shipper, incompressible(lines++));
            assertThat(shipper.counts().heldBytes()).isLessThanOrEqualTo(20_000);
        }
        int logged = lines;
        recovered.countDown();

        // Of one moment: the notice of the missing lines, which is counted as well, may come at any time.
        await().untilAsserted(() -> {
            ShippingCounts counts = shipper.counts();
            assertThat(counts.heldLines()).isZero();
            assertThat(counts.delivered() + counts.dropped(DropReason.FULL))
                    .isEqualTo(logged + (counts.accepted() - (logged - counts.dropped(DropReason.FULL))));
        });
        await().untilAsserted(() -> assertThat(observer.events).anyMatch(words -> words.startsWith("dropped {FULL=")));
        await().untilAsserted(
                        () -> assertThat(endpoint.taken).anyMatch(line -> line.contains("missing before this one")));
    }

    @Test
    void blocksTheLoggingThreadIfConfiguredAndKeepsItsInterruptFlag() throws Exception {
        CountDownLatch recovered = new CountDownLatch(1);
        endpoint.always(lines -> {
            awaitQuietly(recovered);
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(endpoint, new BufferLimits(1_000, 20_000, 0, 0), true, Duration.ofMillis(1));
        int lines = 3_000;
        AtomicInteger logged = new AtomicInteger();
        AtomicInteger interruptsKept = new AtomicInteger();
        Thread logger = new Thread(() -> {
            for (int i = 0; i < lines; i++) {
                if (log(shipper, incompressible(i)) == AppendResult.ACCEPTED) {
                    logged.incrementAndGet();
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                interruptsKept.incrementAndGet();
            }
        });
        logger.start();
        await().until(() -> logger.getState() == Thread.State.WAITING);
        logger.interrupt();
        recovered.countDown();
        logger.join();

        assertThat(logged).hasValue(lines);
        assertThat(interruptsKept).hasValue(1);
        assertThat(shipper.drain(LONG)).isTrue();
        assertThat(endpoint.taken).hasSize(lines);
    }

    @Test
    void releasesBlockedThreadsOnStop() throws Exception {
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY));
        Shipper shipper = shipper(endpoint, new BufferLimits(1_000, 2_000, 0, 0), true, Duration.ofMillis(1));
        Thread logger = new Thread(() -> {
            int i = 0;
            while (log(shipper, incompressible(i++)) == AppendResult.ACCEPTED) {
                // until it is released
            }
        });
        logger.start();
        await().until(() -> logger.getState() == Thread.State.WAITING);

        shipper.releaseBlocked();

        logger.join(10_000);
        assertThat(logger.isAlive()).isFalse();
    }

    @Test
    void acceptsTheLongestTimeout() {
        CountDownLatch sending = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        endpoint.always(lines -> {
            sending.countDown();
            awaitQuietly(released);
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(endpoint, Duration.ofHours(1));
        log(shipper, "line");
        Thread releasing = new Thread(() -> {
            awaitQuietly(sending);
            released.countDown();
        });
        releasing.start();

        assertThat(shipper.drain(Long.MAX_VALUE)).isTrue();
        log(shipper, "another");
        assertThat(shipper.stop(Long.MAX_VALUE)).isZero();
        assertThat(endpoint.taken).containsExactly("line", "another");
    }

    @Test
    void interruptsFromOutsideAreIgnoredAndReportedOnce() {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        Shipper shipper = shipper(endpoint, Duration.ofMillis(1), (name, loop, died) -> {
            ShippingThread thread = ShippingThread.Starter.REAL.start(name, loop, died);
            threads.add(thread);
            return thread;
        });
        for (int i = 0; i < 3; i++) {
            threads.forEach(Thread::interrupt);
            log(shipper, "line " + i);
            assertThat(shipper.drain(LONG)).isTrue();
        }

        await().untilAsserted(
                        () -> assertThat(threads).extracting(Thread::getState).containsOnly(Thread.State.WAITING));
        assertThat(threads).noneMatch(Thread::isInterrupted);
        assertThat(endpoint.taken).isEqualTo(Fixture.numbered(0, 3));
        assertThat(observer.events)
                .containsExactlyInAnyOrder("interrupted: logdna-batcher-test", "interrupted: logdna-sender-test");
    }

    @Test
    void survivesAnErrorInTheClientAndKeepsTheLines() {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(lines -> {
            if (requests.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("a class");
            }
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(endpoint, Duration.ofMillis(1));

        log(shipper, "line");

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("line"));
        assertThat(observer.events).contains("error in the client: java.lang.NoClassDefFoundError: a class");
    }

    private static String incompressible(int seed) {
        Random random = new Random(seed);
        return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void reportsARefusedLineEvenIfNoOtherFollows() {
        endpoint.always(
                lines -> ScriptedClient.verdict(lines.contains("bad") ? Outcome.BAD_REQUEST : Outcome.DELIVERED));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(10));

        log(shipper, "bad");

        await().untilAsserted(() -> assertThat(observer.events).contains("dropped {REFUSED=1}"));
        await().untilAsserted(() ->
                assertThat(endpoint.taken).containsExactly("1 line is missing before this one (1 refused)"));
    }

    @Test
    void reportsTheLastDropsToTheEndpointBeforeItEnds() {
        Shipper shipper = shipper(endpoint, Duration.ofMillis(10));
        shipper.drop(DropReason.RATE, 1);
        await().untilAsserted(
                        () -> assertThat(endpoint.taken).containsExactly("1 line is missing before this one (1 rate)"));

        shipper.drop(DropReason.RATE, 2); // too soon after the first for another notice
        assertThat(shipper.stop(LONG)).isZero();

        assertThat(endpoint.taken)
                .containsExactly(
                        "1 line is missing before this one (1 rate)", "2 lines are missing before this one (2 rate)");
    }

    @Test
    void doesNotWaitAtTheEndForADropReportToAnAbsentEndpoint() {
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(5)));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(10));
        shipper.drop(DropReason.RATE, 1);
        await().until(() -> !endpoint.requests.isEmpty());
        shipper.drop(DropReason.RATE, 2);

        // Long enough to make a line of the second drop, too; the test's own time-out is far below these four minutes.
        assertThat(shipper.stop(TimeUnit.MINUTES.toNanos(4))).isEqualTo(2);
    }

    @Test
    void aShutdownWaitsForLinesThatAFlushGaveUp() {
        CountDownLatch released = new CountDownLatch(1);
        endpoint.always(lines -> {
            awaitQuietly(released);
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = shipper(endpoint, Duration.ofHours(1));
        log(shipper, "hello");

        assertThat(shipper.settle(TimeUnit.MILLISECONDS.toNanos(1))).isFalse();
        released.countDown();

        assertThat(shipper.drain(LONG)).isTrue();
        assertThat(endpoint.taken).containsExactly("hello");
    }

    @Test
    void noThreadWakesByItselfDuringARequestAndAfterIt() {
        CountDownLatch released = new CountDownLatch(1);
        endpoint.always(lines -> {
            awaitQuietly(released);
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        List<Thread> threads = new CopyOnWriteArrayList<>();
        Shipper shipper = shipper(endpoint, Duration.ofMillis(10), (name, loop, died) -> {
            ShippingThread thread = ShippingThread.Starter.REAL.start(name, loop, died);
            threads.add(thread);
            return thread;
        });
        log(shipper, "hello");
        // The batcher: a request has a watchdog of its own.
        await().until(() -> !endpoint.requests.isEmpty() && threads.get(0).getState() == Thread.State.WAITING);

        released.countDown();

        await().untilAsserted(
                        () -> assertThat(threads).extracting(Thread::getState).containsOnly(Thread.State.WAITING));
    }

    @Test
    void takesNoLineAfterItsEnd() {
        Shipper shipper = shipper(endpoint, Duration.ofMillis(5));
        assertThat(shipper.rejectEarly(false)).isFalse();

        shipper.stop(LONG);

        assertThat(log(shipper, "late")).isEqualTo(AppendResult.CLOSED);
        assertThat(shipper.rejectEarly(false)).isTrue();
        assertThat(shipper.counts().dropped(DropReason.ABANDONED)).isEqualTo(2);
    }

    @Test
    void aFlushWaitsForNoInterval() {
        Shipper shipper = shipper(endpoint, Duration.ofDays(1));
        log(shipper, "hello");

        shipper.flush(true);

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("hello"));
        shipper.flush(false);
    }

    @Test
    void reportsWhetherAllLinesAreSettled() {
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY));
        Shipper shipper = shipper(endpoint, Duration.ofMillis(5));
        log(shipper, "hello");
        assertThat(shipper.settle(0)).isFalse();

        endpoint.always(lines -> ScriptedClient.verdict(Outcome.DELIVERED));
        assertThat(shipper.settle(LONG)).isTrue();
    }
}
