package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines with one watchdog thread, with none, and with one that wakes up late. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchdogTest {

    private static final RequestBody BODY = new RequestBody("{\"lines\":[{}]}".getBytes(UTF_8), false, 1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final List<Thread> started = new CopyOnWriteArrayList<>();
    private final Watchdog watchdog = new Watchdog(thread -> {
        started.add(thread);
        thread.start();
    });

    @Test
    void firesInTheOrderOfDeadlinesAndEnds() throws InterruptedException {
        List<String> fired = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(2);
        long now = System.nanoTime();
        Watchdog.Watched forgotten = (at, late) -> {
            fired.add("forgotten");
            return Watchdog.DONE;
        };
        watchdog.watch(forgotten, now + SECOND);
        watchdog.watch(named("second", fired, all), now + 2 * SECOND);
        watchdog.watch(named("first", fired, all), now + SECOND / 2);
        watchdog.forget(forgotten);

        all.await();

        assertThat(fired).containsExactly("first", "second");
        assertThat(started).hasSize(1);
        started.get(0).join();
    }

    /** The watchdog may be on its way with the deadline of the connection when the sender begins to wait for the answer. */
    @Test
    void aDeadlineThatWasReplacedCutsNothingOff() throws IOException {
        Attempt attempt = new Attempt(watchdog);
        attempt.allowAnswer(Duration.ofHours(1), "no answer");
        long now = System.nanoTime();

        long next = attempt.overdue(now, 1);

        assertThat(next - now).isCloseTo(HOUR, within(SECOND));
        assertThat(attempt.cutOffReason()).isNull();
        attempt.end();
    }

    @Test
    void aLaterDeadlineWakesNobody() {
        watchdog.watch((at, late) -> Watchdog.DONE, System.nanoTime() + HOUR);
        await().until(() -> started.get(0).getState() == Thread.State.TIMED_WAITING);
        for (int i = 0; i < 1_000; i++) {
            watchdog.watch((at, late) -> Watchdog.DONE, System.nanoTime() + 2 * HOUR);
            assertThat(started.get(0).getState()).isEqualTo(Thread.State.TIMED_WAITING);
        }
    }

    @Test
    void anotherThreadWatchesAfterOneHasEnded() throws InterruptedException {
        for (int i = 1; i <= 2; i++) {
            CountDownLatch fired = new CountDownLatch(1);
            watchdog.watch(named("it", new CopyOnWriteArrayList<>(), fired), System.nanoTime());
            fired.await();
            started.get(i - 1).join();
        }
        assertThat(started).hasSize(2);
    }

    @Test
    void asksAgainAfterAnErrorAndEnforcesTheOtherDeadlines() throws InterruptedException {
        List<String> fired = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(2);
        Watchdog.Watched failing = failingOnce(named("failed before", fired, all));
        long now = System.nanoTime();
        watchdog.watch(named("other", fired, all), now + SECOND / 2);
        watchdog.watch(failing, now);

        all.await();

        assertThat(fired).containsExactlyInAnyOrder("other", "failed before");
    }

    @Test
    void survivesAnErrorOfItsOwn() throws InterruptedException {
        CountDownLatch twice = new CountDownLatch(2);
        Watchdog.Watched other = (at, late) -> Watchdog.DONE;
        watchdog.watch(other, System.nanoTime() + HOUR);
        AtomicInteger lookUps = new AtomicInteger();
        watchdog.watch(
                new Watchdog.Watched() {
                    @Override
                    public long overdue(long now, long late) {
                        twice.countDown();
                        return Watchdog.DONE;
                    }

                    @Override
                    public int hashCode() {
                        if (lookUps.incrementAndGet() == 2) { // the first is that of watch()
                            throw new OutOfMemoryError("injected");
                        }
                        return 1;
                    }
                },
                System.nanoTime());

        twice.await();

        watchdog.watch(other, System.nanoTime());
        started.get(0).join();
        assertThat(started).hasSize(1);
    }

    @Test
    void survivesAnInterrupt() throws InterruptedException {
        CountDownLatch fired = new CountDownLatch(1);
        watchdog.watch(named("it", new CopyOnWriteArrayList<>(), fired), System.nanoTime() + SECOND);

        started.get(0).interrupt();

        fired.await();
        started.get(0).join();
        assertThat(started).hasSize(1);
    }

    @Test
    void aDeadlineThatIsSetMeanwhileWins() throws InterruptedException {
        CountDownLatch calls = new CountDownLatch(2);
        watchdog.watch(
                new Watchdog.Watched() {
                    @Override
                    public long overdue(long now, long late) {
                        if (calls.getCount() == 2) {
                            watchdog.watch(this, now + SECOND / 10);
                        }
                        calls.countDown();
                        return Watchdog.DONE;
                    }
                },
                System.nanoTime());

        calls.await();

        started.get(0).join();
        assertThat(started).hasSize(1);
    }

    @Test
    void whatIsForgottenMeanwhileStaysForgotten() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        watchdog.watch(
                new Watchdog.Watched() {
                    @Override
                    public long overdue(long now, long late) {
                        calls.incrementAndGet();
                        watchdog.forget(this);
                        return now + HOUR;
                    }
                },
                System.nanoTime());

        started.get(0).join();

        assertThat(calls).hasValue(1);
    }

    private static Watchdog.Watched failingOnce(Watchdog.Watched watched) {
        AtomicInteger calls = new AtomicInteger();
        return (at, late) -> {
            if (calls.incrementAndGet() == 1) {
                throw new OutOfMemoryError("injected");
            }
            return watched.overdue(at, late);
        };
    }

    private static Watchdog.Watched named(String name, List<String> fired, CountDownLatch all) {
        return (at, late) -> {
            fired.add(name);
            all.countDown();
            return Watchdog.DONE;
        };
    }

    // A request

    @Test
    void abortsAnOverdueRequest() throws IOException {
        Attempt attempt = new Attempt(watchdog);
        try (Socket socket = new Socket()) {
            attempt.uses(socket);
            attempt.allow(Duration.ofMillis(1), "no answer");

            await().until(socket::isClosed);

            assertThatThrownBy(attempt::check).hasMessage("no answer within 1 ms");
        }
    }

    @Test
    void givesAGraceAfterWakingLate() throws IOException {
        Attempt attempt = new Attempt(watchdog);
        try (Socket socket = new Socket()) {
            attempt.uses(socket);
            attempt.allow(Duration.ofHours(1), "no answer");
            long now = System.nanoTime() + 2 * HOUR;

            assertThat(attempt.overdue(now, 30 * SECOND)).isEqualTo(now + SECOND);
            assertThat(socket.isClosed()).isFalse();

            assertThat(attempt.overdue(now + SECOND, 0)).isEqualTo(Watchdog.DONE);
            assertThat(socket.isClosed()).isTrue();
        }
        attempt.end();
    }

    @Test
    void aRequestThatHasEndedIsNotReached() throws IOException {
        Attempt attempt = new Attempt(watchdog);
        try (Socket socket = new Socket()) {
            attempt.uses(socket);
            attempt.allow(Duration.ofHours(1), "no answer");
            attempt.end();

            attempt.cutOff("too late");
            attempt.overdue(System.nanoTime(), 0);

            assertThat(socket.isClosed()).isFalse();
        }
    }

    // No threads

    @Test
    void withoutMoreThreadsADeliveredBatchIsNotRepeated() {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.answer(200));
                IngestionClient client = clientWithoutThreads(server, Duration.ofSeconds(10))) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(BODY).outcome()).isEqualTo(Outcome.DELIVERED);
            }
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void withoutMoreThreadsAResponseThatDripsIsAborted() {
        try (MisbehavingServer server = MisbehavingServer.http(MisbehavingServer.dripTheHead(Duration.ofMillis(20)));
                IngestionClient client = clientWithoutThreads(server, Duration.ofSeconds(2))) {
            assertThat(client.send(BODY).reason()).isEqualTo("no answer from " + server.endpoint() + " within 2 s");
        }
    }

    private static IngestionClient clientWithoutThreads(MisbehavingServer server, Duration timeout) {
        Watchdog none = new Watchdog(thread -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        IngestionSettings settings = new IngestionSettings(
                server.endpoint(), "the-key", () -> "host", null, null, List.of(), timeout, timeout, null, null);
        return new JerseyIngestionClient(settings, System::currentTimeMillis, none);
    }
}
