package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import jakarta.annotation.Nullable;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors in code that the shipping threads call, and threads that can't start or that die. */
@Timeout(180)
class SurvivingErrorsTest {

    private static final long LONG = TimeUnit.MINUTES.toNanos(10);

    @TempDir
    private Path directory;

    private final ScriptedClient endpoint = new ScriptedClient();
    private final RecordingObserver observer = new RecordingObserver();
    private final List<Shipper> started = new ArrayList<>();

    private enum Thrown {
        OUT_OF_MEMORY,
        MISSING_CLASS,
        STACK_OVERFLOW,
        BUG,
        OF_ANOTHER_KIND;

        Throwable make() {
            return switch (this) {
                case OUT_OF_MEMORY -> new OutOfMemoryError("injected");
                case MISSING_CLASS -> new NoClassDefFoundError("injected");
                case STACK_OVERFLOW -> new StackOverflowError("injected");
                case BUG -> new IllegalStateException("injected");
                case OF_ANOTHER_KIND -> new Error("injected");
            };
        }

        void raise() {
            Throwable error = make();
            if (error instanceof RuntimeException exception) {
                throw exception;
            }
            throw (Error) error;
        }
    }

    @AfterEach
    void stopAll() {
        started.forEach(shipper -> shipper.stop(0));
    }

    // Transient errors

    @ParameterizedTest
    @EnumSource
    void continuesAfterAnErrorInTheClientAndLosesNothing(Thrown thrown) {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(lines -> {
            if (requests.incrementAndGet() < 4) {
                thrown.raise();
            }
            return ScriptedClient.verdict(Outcome.DELIVERED);
        });
        Shipper shipper = start(shipper(endpoint, observer));
        log(shipper, "a");
        log(shipper, "b");

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("a", "b"));

        assertThat(shipper.counts().internalErrors()).isEqualTo(3);
        assertThat(observer.events)
                .filteredOn(words -> words.startsWith("error in the client"))
                .hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void continuesAndLosesNothingIfTheObserverThrows(Thrown thrown) {
        AtomicInteger requests = new AtomicInteger();
        endpoint.always(lines -> {
            if (requests.incrementAndGet() == 1) {
                return ScriptedClient.verdict(Outcome.RETRY);
            }
            return ScriptedClient.verdict(lines.contains("refused") ? Outcome.BAD_REQUEST : Outcome.DELIVERED);
        });
        ShippingObserver hostile = throwing(thrown);
        Shipper shipper = start(shipper(endpoint, hostile));
        shipper.drop(DropReason.RATE, 3);
        log(shipper, "refused");
        await().until(() -> shipper.counts().dropped(DropReason.REFUSED) == 1);

        log(shipper, "line");

        await().untilAsserted(() -> assertThat(endpoint.taken).contains("line"));
        assertThat(shipper.counts().dropped(DropReason.FAILED)).isZero();
        assertThat(shipper.counts().internalErrors()).isPositive();
        assertThat(shipper.stop(LONG)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void continuesIfTheNoticeOfMissingLinesCannotBeEncoded(Thrown thrown) {
        Shipper shipper = start(new Shipper(
                "test",
                settings(null),
                () -> endpoint,
                text -> {
                    thrown.raise();
                    return new byte[0];
                },
                List.of(observer),
                ClockAndJitter.real()));
        shipper.drop(DropReason.RATE, 1);
        for (int i = 0; i < 20; i++) {
            log(shipper, "line " + i);
            assertThat(shipper.drain(LONG)).isTrue();
        }

        assertThat(endpoint.taken).isEqualTo(Fixture.numbered(0, 20));
        assertThat(observer.events)
                .as("in a minute again, and not at each step")
                .filteredOn(words -> words.contains("notice of missing lines"))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void keepsABatchInMemoryThatTheSpoolFailsToTake(Thrown thrown) {
        SpoolSettings spool = new SpoolSettings(directory.resolve("logdna"), 1 << 20, "0000000000000001-1", () -> {
            thrown.raise();
            return new HostInfo("web-1", null, null, List.of());
        });
        Shipper shipper = start(new Shipper(
                "test",
                settings(spool),
                () -> endpoint,
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real()));

        log(shipper, "line");

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("line"));
        String reported = thrown == Thrown.MISSING_CLASS ? "error in the spool" : "UNWRITABLE";
        assertThat(observer.events).anyMatch(words -> words.startsWith(reported));
    }

    /** Late lines take memory when they are sent. */
    @Test
    void keepsLinesWhileThereIsTooLittleMemoryToPrepareARequest() {
        AtomicInteger shortages = new AtomicInteger();
        Shipper shipper = start(shipper(lateLines(() -> {
            if (shortages.incrementAndGet() <= 3) {
                Thrown.OUT_OF_MEMORY.raise();
            }
        })));
        log(shipper, "a");
        log(shipper, "b");

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("a", "b"));

        assertThat(shipper.counts().dropped(DropReason.FAILED)).isZero();
        assertThat(shipper.counts().internalErrors()).isEqualTo(3);
        assertThat(observer.events)
                .filteredOn(words -> words.startsWith("error in the preparation of a request"))
                .hasSize(3);
        assertThat(observer.events).anyMatch(words -> words.contains("a request can't be prepared: OutOfMemoryError"));
    }

    @Test
    void aBatchThatMemoryIsTooShortForDoesNotBlockTheOthers() {
        AtomicInteger attempts = new AtomicInteger();
        Shipper shipper = start(shipper(lateLines(() -> {
            if (attempts.incrementAndGet() <= 11) {
                Thrown.OUT_OF_MEMORY.raise();
            }
        })));
        log(shipper, "large");
        await().until(() -> attempts.get() > 0);
        log(shipper, "other");

        await().untilAsserted(() -> assertThat(endpoint.taken).contains("other"));

        assertThat(shipper.counts().dropped(DropReason.FAILED)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(shipper.counts().heldBytes()).isZero());
        assertThat(endpoint.taken).doesNotContain("large");
    }

    private static LineForm lateLines(Runnable beforeCopying) {
        return new LineForm() {
            @Override
            public byte[] encode(String text) {
                return notice(text);
            }

            @Override
            public long lateAge() {
                return 0;
            }

            @Override
            public byte[] withTimes(byte[] bytes, int from, int to) {
                beforeCopying.run();
                return LineForm.super.withTimes(bytes, from, to);
            }
        };
    }

    /** The clock stands for any code that is called: each single call of it fails once. */
    @Test
    void settlesEveryLineAndContinuesIfAnyCallFails() {
        List<Shipper> shippers = IntStream.rangeClosed(1, 25)
                .mapToObj(nth -> {
                    AtomicInteger calls = new AtomicInteger();
                    LongSupplier clock = () -> {
                        if (ShippingThread.isCurrent() && calls.incrementAndGet() == nth) {
                            Thrown.OUT_OF_MEMORY.raise();
                        }
                        return System.nanoTime();
                    };
                    // Every other request fails, so that the code for failures runs as well.
                    AtomicInteger requests = new AtomicInteger();
                    ScriptedClient flaky = new ScriptedClient()
                            .always(lines -> ScriptedClient.verdict(
                                    requests.incrementAndGet() % 2 == 1 ? Outcome.RETRY : Outcome.DELIVERED));
                    return start(new Shipper(
                            "test",
                            settings(null),
                            () -> flaky,
                            SurvivingErrorsTest::notice,
                            List.of(observer),
                            new ClockAndJitter(clock, ClockAndJitter.real().random())));
                })
                .toList();
        for (int i = 0; i < 10; i++) {
            shippers.forEach(shipper -> log(shipper, "line"));
        }

        for (Shipper shipper : shippers) {
            assertThat(shipper.drain(LONG)).isTrue();
            long before = shipper.counts().delivered();
            log(shipper, "afterwards");
            assertThat(shipper.drain(LONG)).isTrue();
            await().until(() ->
                    shipper.counts().delivered() > before || shipper.counts().dropped(DropReason.FAILED) > 0);
            assertThat(shipper.state().kind()).isNotEqualTo(DeliveryState.Kind.FAILED);
            assertThat(shipper.stop(LONG)).isZero();
            assertThat(shipper.counts().heldLines()).isZero();
            assertThat(shipper.counts().delivered() + shipper.counts().dropped(DropReason.FAILED))
                    .isEqualTo(shipper.counts().accepted());
        }
    }

    @Test
    void endsProperlyAfterAnErrorWhileClosingTheClient() {
        Shipper shipper = start(shipper(
                new IngestionClient() {
                    @Override
                    public Verdict send(RequestBody body) {
                        return endpoint.send(body);
                    }

                    @Override
                    public void cutOff() {}

                    @Override
                    public void close() {
                        throw new NoClassDefFoundError("injected");
                    }
                },
                observer));
        for (int i = 0; i < 3; i++) {
            log(shipper, "line " + i);
            assertThat(shipper.drain(LONG)).isTrue();
        }

        assertThat(shipper.stop(LONG)).isZero();
        assertThat(endpoint.taken).isEqualTo(Fixture.numbered(0, 3));
        assertThat(shipper.state().kind()).isNotEqualTo(DeliveryState.Kind.FAILED);
    }

    // Errors that end shipping

    @ParameterizedTest
    @ValueSource(strings = {"batcher", "sender"})
    void acceptsNothingIfAThreadCannotBeStarted(String which) {
        Shipper shipper = start(shipperWith((name, loop, died) -> {
            if (name.contains(which)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return ShippingThread.Starter.REAL.start(name, loop, died);
        }));

        assertThat(log(shipper, "line")).isEqualTo(AppendResult.CLOSED);

        assertHasFailed(shipper, "its threads could not be started: OutOfMemoryError");
        assertThat(shipper.rejectEarly(false)).as("saves the work of encoding").isTrue();
        assertThat(shipper.counts().dropped(DropReason.FAILED)).isEqualTo(2);
        assertThat(shipper.counts().dropped(DropReason.ABANDONED)).isZero();
        assertThat(observer.events)
                .containsOnlyOnce("ended, because its threads could not be started: java.lang.OutOfMemoryError:"
                        + " unable to create native thread, 0 held");
    }

    @ParameterizedTest
    @ValueSource(strings = {"batcher", "sender"})
    void discardsEverythingAndAcceptsNothingOnceAThreadHasDied(String which) {
        CountDownLatch death = new CountDownLatch(1);
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY, Duration.ofMinutes(5)));
        Shipper shipper = start(shipperWith((name, loop, died) -> {
            Runnable deadly = () -> {
                awaitQuietly(death);
                throw new StackOverflowError("injected");
            };
            return ShippingThread.Starter.REAL.start(name, name.contains(which) ? deadly : loop, died);
        }));
        for (int i = 0; i < 1_000; i++) {
            log(shipper, "line " + i);
        }
        death.countDown();

        assertHasFailed(shipper, "its " + which + " died: StackOverflowError");
        await().untilAsserted(() -> assertThat(shipper.counts().heldLines()).isZero());
        assertThat(shipper.counts().heldBytes()).isZero();
        assertThat(shipper.counts().oldestAge()).isZero();
        assertThat(shipper.counts().dropped(DropReason.FAILED)).isEqualTo(1_000);
        assertThat(log(shipper, "too late")).isEqualTo(AppendResult.CLOSED);
        assertThat(shipper.counts().dropped(DropReason.FAILED)).isEqualTo(1_001);
        assertThat(shipper.drain(LONG)).as("nothing to wait for").isTrue();
        assertThat(shipper.stop(LONG)).as("counted already").isZero();
        assertThat(shipper.unreportedDrops()).containsEntry(DropReason.FAILED, 1_001L);
        assertThat(observer.events)
                .filteredOn(words -> words.startsWith("ended"))
                .hasSize(1);
    }

    @Test
    void recordsTheTimeOfItsFailureEvenIfTheClientFailsAsWell() {
        long before = System.nanoTime();
        Shipper shipper = start(new Shipper(
                "test",
                settings(null),
                () -> new IngestionClient() {
                    @Override
                    public Verdict send(RequestBody body) {
                        throw new AssertionError();
                    }

                    @Override
                    public void cutOff() {
                        throw new NoClassDefFoundError("injected");
                    }

                    @Override
                    public void close() {}
                },
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real(),
                (name, loop, died) -> {
                    throw new OutOfMemoryError("injected");
                }));

        assertThat(shipper.state().since()).isBetween(before, System.nanoTime());
    }

    @Test
    void aDeathReleasesThreadsThatWaitForRoomOrForADrain() throws Exception {
        CountDownLatch death = new CountDownLatch(1);
        Shipper shipper = start(new Shipper(
                "test",
                new ShippingSettings(
                        new BufferLimits(1_000, 2_000, 0, 0),
                        true,
                        1_024,
                        Duration.ofMillis(1),
                        true,
                        new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5)),
                        null),
                () -> endpoint,
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real(),
                (name, loop, died) -> ShippingThread.Starter.REAL.start(
                        name,
                        () -> {
                            awaitQuietly(death);
                            throw new StackOverflowError("injected");
                        },
                        died)));
        Thread logger = new Thread(() -> {
            int i = 0;
            while (log(shipper, "line " + i++) == AppendResult.ACCEPTED) {
                // until it is released
            }
        });
        logger.start();
        await().until(() -> logger.getState() == Thread.State.WAITING);
        Thread drain = new Thread(() -> shipper.drain(LONG));
        drain.start();
        await().until(() -> drain.getState() == Thread.State.TIMED_WAITING);

        death.countDown();

        logger.join();
        drain.join();
    }

    @Test
    void aDeathLeavesTheSpoolToTheNextProcess() {
        CountDownLatch death = new CountDownLatch(1);
        HostInfo origin = new HostInfo("web-1", null, null, List.of());
        Shipper dying = start(new Shipper(
                "test",
                settings(new SpoolSettings(directory.resolve("logdna"), 1 << 20, "0000000000000001-1", () -> origin)),
                () -> endpoint,
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real(),
                (name, loop, died) -> ShippingThread.Starter.REAL.start(
                        name,
                        () -> {
                            if (name.contains("sender")) {
                                awaitQuietly(death);
                                throw new StackOverflowError("injected");
                            }
                            loop.run();
                        },
                        died)));
        log(dying, "spooled");
        await().until(() -> dying.counts().bytesOnDisk() > 0);
        death.countDown();
        await().until(() -> dying.keptLines() == 1);
        assertThat(dying.counts().dropped(DropReason.FAILED)).isZero();
        assertThat(dying.stop(LONG)).isZero();

        Shipper next = start(new Shipper(
                "test",
                settings(new SpoolSettings(directory.resolve("logdna"), 1 << 20, "0000000000000002-1", () -> origin)),
                () -> endpoint,
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real()));
        log(next, "new");

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("spooled", "new"));
    }

    private static void assertHasFailed(Shipper shipper, String reason) {
        await().untilAsserted(() -> {
            assertThat(shipper.state().kind()).isEqualTo(DeliveryState.Kind.FAILED);
            assertThat(shipper.state().reason()).isEqualTo(reason);
        });
    }

    private Shipper shipper(IngestionClient client, ShippingObserver observer) {
        return new Shipper(
                "test",
                settings(null),
                () -> client,
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real());
    }

    private Shipper shipper(LineForm form) {
        return new Shipper("test", settings(null), () -> endpoint, form, List.of(observer), ClockAndJitter.real());
    }

    private Shipper shipperWith(ShippingThread.Starter threads) {
        return new Shipper(
                "test",
                settings(null),
                () -> endpoint,
                SurvivingErrorsTest::notice,
                List.of(observer),
                ClockAndJitter.real(),
                threads);
    }

    private Shipper start(Shipper shipper) {
        started.add(shipper);
        shipper.start();
        return shipper;
    }

    private static ShippingSettings settings(@Nullable SpoolSettings spool) {
        return new ShippingSettings(
                new BufferLimits(1_000_000, 64 << 20, 0, 0),
                false,
                4 * 1024,
                Duration.ofMillis(1),
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5)),
                spool);
    }

    private static byte[] notice(String text) {
        return ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8);
    }

    private static AppendResult log(Shipper shipper, String text) {
        byte[] line = TestLines.line(text);
        return shipper.append(line, line.length, 1, false);
    }

    /** Throws from every method. */
    private static ShippingObserver throwing(Thrown thrown) {
        return (ShippingObserver) Proxy.newProxyInstance(
                ShippingObserver.class.getClassLoader(),
                new Class<?>[] {ShippingObserver.class},
                (proxy, method, arguments) -> {
                    throw thrown.make();
                });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
