package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.Fixture.FLUSH;
import static io.github.dropwizardlogdna.shipping.Fixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatcherTest {

    private final Fixture fixture = new Fixture();
    private final Batcher batcher = fixture.batcher;

    @TempDir
    private Path directory;

    private SpoolSettings spool() {
        return new SpoolSettings(
                directory.resolve("logdna"),
                1 << 20,
                "0000000000000001-1",
                () -> new HostInfo("web-1", null, null, List.of()));
    }

    @Test
    void sleepsUntilWokenIfThereIsNothing() {
        assertThat(batcher.step(fixture.now)).isEqualTo(WakeSignal.FOREVER);
        assertThat(fixture.store.size()).isZero();
    }

    @Test
    void closesABatchWhenItsOldestLineIsDue() {
        fixture.log("first");
        assertThat(batcher.step(fixture.now)).isEqualTo(FLUSH);

        fixture.pass(Duration.ofMillis(600));
        fixture.log("second");
        assertThat(batcher.step(fixture.now)).isEqualTo(Duration.ofMillis(400).toNanos());
        assertThat(fixture.store.size()).isZero();

        fixture.pass(Duration.ofMillis(400));
        assertThat(batcher.step(fixture.now)).isEqualTo(WakeSignal.FOREVER);
        assertThat(fixture.batches()).containsExactly(List.of("first", "second"));
        assertThat(fixture.senderWakeUps).isEqualTo(1);
    }

    @Test
    void aBurstThatComesWhileTheBatcherLooksIsDueLikeAnyOther() throws Exception {
        // A line of 5,000 bytes is read at once, because that could be many short ones, but fills no batch.
        Fixture raced = new Fixture(64 * 1024, true, new BufferLimits(128, 32 << 20, 0, 0));
        AtomicInteger round = new AtomicInteger();
        AtomicInteger logged = new AtomicInteger();
        int rounds = 3_000;
        Thread logger = new Thread(() -> {
            for (int i = 1; i <= rounds; i++) {
                while (round.get() < i) {
                    Thread.onSpinWait();
                }
                raced.log("x".repeat(5_000));
                logged.set(i);
            }
        });
        logger.start();

        for (int i = 1; i <= rounds; i++) {
            round.set(i);
            while (logged.get() < i || raced.queue.waitingBytes() > 0) {
                raced.batcher.step(raced.now);
            }
            assertThat(raced.batcher.step(raced.now)).isLessThanOrEqualTo(FLUSH);
            raced.pass(Duration.ofNanos(FLUSH));
            raced.batcher.step(raced.now);
            assertThat(raced.batches()).hasSize(1);
        }
        logger.join();
    }

    @Test
    void closesAFullBatchAtOnceAndNeverAboveItsSize() {
        Fixture small = new Fixture(2_000, true);
        List<String> lines = numbered(0, 1_000);
        small.logAll(lines);

        small.batcher.step(small.now);

        assertThat(small.store.size()).isGreaterThan(4);
        while (small.store.size() > 1) {
            assertThat(small.store.claim(0).batch().uncompressed())
                    .isLessThanOrEqualTo(2_000)
                    .isGreaterThan(1_900);
            small.store.remove(0);
        }
    }

    @Test
    void keepsTheOrderAcrossBatches() {
        Fixture small = new Fixture(2_000, false);
        List<String> lines = numbered(0, 1_000);
        small.logAll(lines);
        small.batcher.flush(true);
        small.batcher.step(small.now);

        assertThat(small.batches().stream().flatMap(List::stream)).isEqualTo(lines);
    }

    @Test
    void sendsALineLargerThanABatchAlone() {
        Fixture small = new Fixture(1_024, true);
        String large = "x".repeat(5_000);
        small.log("before");
        small.log(large);
        small.log("after");
        small.batcher.flush(true);
        small.batcher.step(small.now);

        assertThat(small.batches()).containsExactly(List.of("before"), List.of(large), List.of("after"));
    }

    @Test
    void sendsALineLargerThanABatchAloneInTheMiddleOfAChunk() {
        Fixture small = new Fixture(200, false);
        String large = "x".repeat(300);
        for (String line : List.of("before", large, "after", large, "end")) {
            small.log(line);
        }
        small.batcher.flush(true);
        small.batcher.step(small.now);

        assertThat(small.batches())
                .containsExactly(List.of("before"), List.of(large), List.of("after"), List.of(large), List.of("end"));
    }

    @Test
    void keepsABatchOpenWhileOthersWaitSoThatFullOnesGoOut() {
        fixture.store(List.of("in flight"));
        fixture.store(List.of("waiting"));
        for (int i = 0; i < 10; i++) {
            fixture.log("during the outage " + i);
            batcher.step(fixture.now);
            fixture.pass(Duration.ofSeconds(2));
        }
        assertThat(batcher.step(fixture.now)).isEqualTo(WakeSignal.FOREVER);
        assertThat(fixture.store.size()).isEqualTo(2);

        fixture.store.claim(0);
        fixture.store.remove(0);
        assertThat(batcher.isHoldingBack()).isTrue();
        batcher.step(fixture.now);

        assertThat(fixture.batches())
                .hasSize(2)
                .last()
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(10);
    }

    @Test
    void batchesThatWaitGrowIntoFewLargeRequests() {
        Fixture far = new Fixture(2_000, 10_000, true, new BufferLimits(65_536, 32 << 20, 0, 0));
        far.logAll(numbered(0, 3_000));

        assertThat(far.batcher.step(far.now)).isPositive();

        List<Integer> sizes = new ArrayList<>();
        while (far.store.size() > 1) {
            sizes.add(far.store.claim(0).batch().uncompressed());
            far.store.remove(0);
        }
        assertThat(sizes.subList(0, 2)).as("nothing waits").allMatch(size -> size <= 2_000);
        assertThat(sizes.subList(2, sizes.size())).isNotEmpty().allMatch(size -> size > 9_900 && size <= 10_000);
    }

    @Test
    void closesAGrownBatchOnceTheSenderTakesThePreviousOne() {
        Fixture far = new Fixture(2_000, 10_000, true, new BufferLimits(65_536, 32 << 20, 0, 0));
        far.learned.passed(10_000, true, 1, far.now);
        far.store(List.of("in flight"));
        far.store(List.of("waiting"));
        far.logAll(numbered(0, 400));
        assertThat(far.batcher.step(far.now)).isPositive();
        assertThat(far.store.size()).isEqualTo(2);
        assertThat(far.batcher.isHoldingBack()).isTrue();

        far.store.claim(0);
        far.store.remove(0);
        far.batcher.step(far.now);

        assertThat(far.batches()).last().isEqualTo(numbered(0, 400));
    }

    @Test
    void doesNotLetTheQueueFillWhileABatchIsKeptOpen() {
        BufferLimits limits = new BufferLimits(1_000, 32 << 20, 0, 0);
        Fixture shortLines = new Fixture(9 << 20, true, limits);
        shortLines.store(List.of("in flight"));
        shortLines.store(List.of("waiting"));

        for (int i = 0; i < 20_000; i++) {
            assertThat(shortLines.log("a line of at least sixty-four bytes, as every real one has " + i))
                    .isEqualTo(AppendResult.ACCEPTED);
            if (i % 100 == 0) {
                shortLines.batcher.step(shortLines.now);
            }
        }
    }

    @Test
    void readsLinesOnceTheyFillABatch() {
        Fixture large = new Fixture(64 * 1024, false);
        byte[] line = TestLines.line("x".repeat(1_000));
        int room = 64 * 1024 - OpenBatch.ENVELOPE;
        while (large.queue.waitingBytes() + line.length < room) {
            large.queue.append(line, line.length, 1, false);
            large.batcher.step(large.now);
        }
        assertThat(large.queue.consumedLines())
                .as("they wait where a line costs least")
                .isZero();

        for (int i = 0; i < 2; i++) {
            large.queue.append(line, line.length, 1, false);
        }
        large.batcher.step(large.now);

        assertThat(large.queue.waitingBytes()).isZero();
        assertThat(large.store.size()).isEqualTo(1);
    }

    @Test
    void readsLinesBeforeShortOnesFillTheQueue() {
        Fixture shortLines = new Fixture(9 << 20, false, new BufferLimits(1_000, 32 << 20, 0, 0));
        String line = "x".repeat(64 - TestLines.line("").length);
        for (int i = 0; i < 499; i++) {
            shortLines.log(line);
        }
        shortLines.batcher.step(shortLines.now);
        assertThat(shortLines.queue.consumedLines()).isZero();

        shortLines.log(line);
        shortLines.batcher.step(shortLines.now);

        assertThat(shortLines.queue.consumedLines()).as("at half of its lines").isEqualTo(500);
        assertThat(shortLines.store.size()).as("no batch is due or full").isZero();
    }

    @Test
    void readsMoreLinesForAnOpenBatchOnceTheyFillIt() {
        Fixture far = new Fixture(2_000, 10_000, false, new BufferLimits(65_536, 32 << 20, 0, 0));
        far.learned.passed(10_000, false, 1, far.now);
        far.store(List.of("in flight"));
        far.store(List.of("waiting"));
        far.logAll(numbered(0, 400));
        far.batcher.step(far.now);
        long open = far.queue.consumedLines();
        assertThat(far.queue.waitingBytes()).isZero();
        byte[] line = TestLines.line("x".repeat(100));
        long left = 10_000L - OpenBatch.ENVELOPE - bytesOf(numbered(0, 400));

        while (far.queue.waitingBytes() + line.length < left) {
            far.queue.append(line, line.length, 1, false);
            far.batcher.step(far.now);
        }
        assertThat(far.queue.consumedLines()).isEqualTo(open);
        for (int i = 0; i < 2; i++) {
            far.queue.append(line, line.length, 1, false);
        }
        far.batcher.step(far.now);

        assertThat(far.queue.waitingBytes()).isZero();
    }

    private static int bytesOf(List<String> lines) {
        return lines.stream().mapToInt(each -> TestLines.line(each).length).sum();
    }

    @Test
    void lastLinesOfABurstAreDueByTheLookBeforeThem() {
        Fixture small = new Fixture(2_000, false);
        small.log("first");
        small.batcher.step(small.now);
        small.pass(Duration.ofMillis(300));
        small.batcher.step(small.now);
        small.pass(Duration.ofMillis(300));
        small.logAll(numbered(0, 200));

        assertThat(small.batcher.step(small.now))
                .isEqualTo(Duration.ofMillis(700).toNanos());
        assertThat(small.store.size()).isPositive();
    }

    @Test
    void tellsWhenItsOldestLineWasAppended() {
        assertThat(batcher.oldest(7)).isEqualTo(7);
        fixture.log("first");
        batcher.step(fixture.now);
        long first = fixture.now;
        fixture.pass(Duration.ofMillis(600));
        fixture.log("second");
        batcher.step(fixture.now);

        assertThat(batcher.oldest(7)).isEqualTo(first);

        batcher.discard();
        assertThat(batcher.oldest(7)).isEqualTo(7);
    }

    @Test
    void holdsBackNothingThatIsNotDue() {
        fixture.log("first");
        batcher.step(fixture.now);

        assertThat(batcher.isHoldingBack()).isFalse();
    }

    /** The batcher of the fixture, but one method of its store fails. */
    private Batcher withFailing(AtomicReference<String> method) {
        BatchStore store = (BatchStore) Proxy.newProxyInstance(
                BatchStore.class.getClassLoader(), new Class<?>[] {BatchStore.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method.get())) {
                        throw new OutOfMemoryError(called.getName());
                    }
                    return called.invoke(fixture.store, arguments);
                });
        Pipeline pipeline = new Pipeline(
                fixture.queue, store, fixture.budget, fixture.counters, fixture.learned, fixture.losses, Fixture.FORM);
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(65_536, 32 << 20, 0, 0),
                false,
                64 * 1024,
                64 * 1024,
                Duration.ofNanos(Fixture.FLUSH),
                true,
                Fixture.RETRY,
                1,
                null);
        return new Batcher(pipeline, settings, () -> {});
    }

    @Test
    void dropsAndCountsTheLinesOfABatchOnlyIfAnErrorHasStruckWhileItChanged() {
        fixture.store(List.of("in flight"));
        fixture.store(List.of("waiting"));
        long held = fixture.budget.downstream();
        AtomicReference<String> failing = new AtomicReference<>("none");
        Batcher faulty = withFailing(failing);
        fixture.log("a");
        fixture.log("b");
        fixture.pass(Duration.ofSeconds(2));
        faulty.step(fixture.now);
        fixture.pass(Duration.ofSeconds(2));
        faulty.step(fixture.now);
        fixture.log("x".repeat(65_000));
        faulty.step(fixture.now);
        assertThat(fixture.queue.consumedLines()).as("in the open batch").isEqualTo(5);

        failing.set("maintain");
        assertThatThrownBy(() -> faulty.step(fixture.now)).isInstanceOf(OutOfMemoryError.class);
        faulty.recover();

        assertThat(fixture.counters.dropped(DropReason.FAILED)).isZero();
        assertThat(fixture.budget.downstream()).isGreaterThan(held);

        failing.set("addAtOnce");
        faulty.flush(true);
        assertThatThrownBy(() -> faulty.step(fixture.now)).isInstanceOf(OutOfMemoryError.class);
        faulty.recover();

        assertThat(fixture.counters.dropped(DropReason.FAILED)).isEqualTo(3);
        assertThat(fixture.budget.downstream()).isEqualTo(held);
        assertThat(fixture.batches()).containsExactly(List.of("in flight"), List.of("waiting"));
        assertThat(faulty.settledLines()).isEqualTo(5);
    }

    @Test
    void noLineIsAsOldAsThePauseBeforeIt() {
        fixture.store(List.of("before"));
        fixture.batches();
        fixture.batcher.step(fixture.now);
        fixture.pass(Duration.ofHours(21));
        long woken = fixture.now;
        fixture.logAll(numbered(0, 20_000)); // several batches, before the batcher runs

        fixture.batcher.step(fixture.now);

        assertThat(fixture.store.size()).isGreaterThan(1);
        for (BatchStore.Stored head = fixture.store.claim(0); head != null; head = fixture.store.claim(0)) {
            assertThat(head.batch().since()).isEqualTo(woken);
            fixture.store.remove(0);
        }
        assertThat(batcher.oldest(woken)).isEqualTo(woken);
    }

    /** An array that is too short stands for a stack that ends between the claim and the commit of a line. */
    @Test
    void countsTheLinesOfAChunkInWhichALineWasNeverFinishedAndGoesOn() {
        Fixture impatient = Fixture.withCommitTimeout(1);
        impatient.log("before");
        assertThatThrownBy(() -> impatient.queue.append(new byte[1], 500, 1, false))
                .isInstanceOf(IndexOutOfBoundsException.class);
        impatient.batcher.flush(true);

        impatient.batcher.step(impatient.now);
        assertThat(impatient.queue.waitingBytes()).isZero();
        assertThat(impatient.budget.downstream()).isZero();
        assertThat(impatient.counters.dropped(DropReason.FAILED)).isEqualTo(2);
        impatient.log("after");
        impatient.batcher.step(impatient.now);

        assertThat(impatient.batches().get(0))
                .containsExactly("after", "2 lines are missing before this one (2 failed)");
        assertThat(impatient.batcher.settledLines()).isEqualTo(4);
    }

    @Test
    void sendsAllAtOnceWhenAskedTo() {
        fixture.log("a");
        batcher.step(fixture.now);
        batcher.flush(true);

        batcher.step(fixture.now);

        assertThat(fixture.batches()).containsExactly(List.of("a"));
    }

    @Test
    void aFlushClosesTheOpenBatchWhateverWaits() {
        fixture.store(List.of("in flight"));
        fixture.store(List.of("waiting"));
        fixture.log("a");

        batcher.flush(true);
        batcher.step(fixture.now);

        assertThat(fixture.batches()).containsExactly(List.of("in flight"), List.of("waiting"), List.of("a"));
    }

    /** Or a stop with a far endpoint would send one line in each request, and abandon most of them. */
    @Test
    void aFlushMakesNoBatchOfEachLineWhileOthersWait() {
        batcher.flush(true);
        for (int i = 0; i < 10; i++) {
            fixture.log("line " + i);
            batcher.step(fixture.now);
        }

        assertThat(fixture.store.size())
                .as("one in flight, and one that follows it")
                .isEqualTo(2);
        assertThat(batcher.isHoldingBack())
                .as("so that the sender wakes the batcher")
                .isTrue();
        fixture.store.claim(0);
        fixture.store.remove(0);
        batcher.step(fixture.now);
        fixture.store.claim(0);
        fixture.store.remove(0);
        batcher.step(fixture.now);

        assertThat(fixture.batches()).containsExactly(numbered(2, 10));
        assertThat(batcher.isHoldingBack()).isFalse();
    }

    @Test
    void aFlushOfASpoolWritesAFileForEachFlushIntervalWhileOthersWait() {
        Fixture spooling = new Fixture(
                64 * 1024, 64 * 1024, true, new BufferLimits(65_536, 32 << 20, 0, 0), spool(), SpoolDirectory::open);
        spooling.batcher.step(spooling.now);
        spooling.batcher.flush(true);
        for (int i = 0; i < 10; i++) {
            spooling.log("line " + i);
            spooling.batcher.step(spooling.now);
        }
        assertThat(spooling.store.size()).isEqualTo(2);

        assertThat(spooling.batcher.step(spooling.now)).as("due like any other").isEqualTo(FLUSH);
        spooling.pass(Duration.ofNanos(FLUSH));
        spooling.batcher.step(spooling.now);

        assertThat(spooling.observer.events).isEmpty();
        assertThat(spooling.store.size()).isEqualTo(3);
    }

    @Test
    void countsEveryByteUntilItsBatchIsSettled() {
        fixture.logAll(numbered(0, 500));
        long logged = fixture.queue.waitingBytes();
        fixture.batcher.flush(true);
        batcher.step(fixture.now);

        assertThat(fixture.queue.waitingBytes()).isZero();
        assertThat(fixture.budget.downstream())
                .isEqualTo(fixture.store.claim(0).batch().body().length)
                .isLessThan(logged);

        fixture.deliverAll();
        assertThat(fixture.budget.downstream()).isZero();
    }

    @Test
    void aBatchThatIsDeliveredAtOnceIsNotTakenFromTheBudgetBeforeItIsCounted() {
        BatchStore delivering = (BatchStore) Proxy.newProxyInstance(
                BatchStore.class.getClassLoader(), new Class<?>[] {BatchStore.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("addAtOnce")) {
                        return method.invoke(fixture.store, arguments);
                    }
                    int held = ((Batch) arguments[0]).held();
                    fixture.budget.release(held);
                    assertThat(fixture.budget.downstream()).isNotNegative();
                    return held;
                });
        Pipeline pipeline = new Pipeline(
                fixture.queue,
                delivering,
                fixture.budget,
                fixture.counters,
                new LearnedLimits(false, 1_000, 1_000),
                fixture.losses,
                text -> new byte[0]);
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(100, 1 << 20, 0, 0), false, 1_024, Duration.ofSeconds(1), false, Fixture.RETRY, null);
        Batcher uncompressed = new Batcher(pipeline, settings, () -> {});
        fixture.log("a line that its envelope makes larger");
        uncompressed.flush(true);

        uncompressed.step(fixture.now);

        assertThat(fixture.budget.downstream()).isZero();
    }

    @Test
    void oneFlushOutlivesTheEndOfAnother() {
        batcher.flush(true);
        batcher.flush(true);
        batcher.flush(false);
        fixture.log("a");

        batcher.step(fixture.now);

        assertThat(fixture.batches()).containsExactly(List.of("a"));
    }

    @Test
    void aDropDuringAReportIsReportedToo() {
        AtomicInteger wakeUps = new AtomicInteger();
        AtomicReference<DropReporter> losses = new AtomicReference<>();
        RecordingObserver observer = new RecordingObserver() {
            @Override
            public void linesDropped(Map<DropReason, Long> dropped) {
                super.linesDropped(dropped);
                if (events.size() == 1) {
                    fixture.counters.rejected(DropReason.RATE, 1);
                    losses.get().dropped();
                }
            }
        };
        losses.set(new DropReporter(
                fixture.counters, fixture.queue, observer, text -> TestLines.line(text), wakeUps::incrementAndGet));
        fixture.counters.rejected(DropReason.RATE, 1);
        losses.get().dropped();
        assertThat(wakeUps).hasValue(1);

        long wait = losses.get().step(fixture.now);

        assertThat(wait).as("looks again").isZero();
        wait = losses.get().step(fixture.now);
        assertThat(wait).isEqualTo(DropReporter.INTERVAL);
        assertThat(wakeUps).as("it wakes by itself").hasValue(1);
        fixture.now += wait;
        losses.get().step(fixture.now);
        assertThat(observer.events).containsExactly("dropped {RATE=1}", "dropped {RATE=1}");
        assertThat(losses.get().step(fixture.now)).isEqualTo(WakeSignal.FOREVER);
        losses.get().dropped();
        assertThat(wakeUps).as("nothing is reported by itself now").hasValue(2);
    }

    @Test
    void reportsDropsToTheObserverOnceAMinuteForEachReason() {
        fixture.counters.rejected(DropReason.RATE, 3);
        batcher.step(fixture.now);
        fixture.counters.rejected(DropReason.RATE, 4);
        fixture.counters.rejected(DropReason.FULL, 1);
        assertThat(batcher.step(fixture.now)).isLessThanOrEqualTo(DropReporter.INTERVAL);
        assertThat(fixture.observer.events).containsExactly("dropped {RATE=3}", "dropped {FULL=1}");

        fixture.pass(Duration.ofMinutes(1));
        batcher.step(fixture.now);
        assertThat(fixture.observer.events).endsWith("dropped {RATE=4}");
    }

    @Test
    void reportsDropsToTheEndpointOnceThereIsRoomAgain() {
        BufferLimits limits = new BufferLimits(10, 1 << 20, 0, 0);
        Fixture tiny = new Fixture(64 * 1024, true, limits);
        for (int i = 0; i < 15; i++) {
            tiny.log("line " + i);
        }
        tiny.batcher.flush(true);
        tiny.batcher.step(tiny.now);
        tiny.batcher.step(tiny.now);

        assertThat(tiny.batches().stream().flatMap(List::stream))
                .hasSize(11)
                .endsWith("5 lines are missing before this one (5 full)");
        assertThat(tiny.accepted()).isEqualTo(11);
    }

    @Test
    void makesNoNoticeOfALostNotice() {
        fixture.counters.rejected(DropReason.FULL, 1);
        fixture.endpoint.always(lines -> ScriptedClient.verdict(
                lines.get(0).contains("missing")
                        ? io.github.dropwizardlogdna.ingestion.Outcome.BAD_REQUEST
                        : io.github.dropwizardlogdna.ingestion.Outcome.DELIVERED));
        for (int i = 0; i < 5; i++) {
            batcher.flush(true);
            batcher.step(fixture.now);
            fixture.deliverAll();
            fixture.pass(Duration.ofMinutes(2));
        }

        assertThat(fixture.endpoint.requests).hasSize(2); // before and after the probe
        assertThat(fixture.counters.dropped(DropReason.REFUSED)).isEqualTo(1);
    }
}
