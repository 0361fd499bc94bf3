package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.TestLines.batch;
import static io.github.dropwizardlogdna.shipping.TestLines.drain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import io.github.dropwizardlogdna.ingestion.Outcome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A spool on a disk that refuses, forgets or hangs, and threads that are interrupted. */
class SpoolFaultsTest {

    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();
    private static final BufferLimits LIMITS = new BufferLimits(65_536, 32 << 20, 0, 0);
    private static final HostInfo ORIGIN = new HostInfo("web-1", null, null, List.of());

    @TempDir
    private Path directory;

    private final RecordingObserver observer = new RecordingObserver();
    private final Budget budget = new Budget(LIMITS);
    private final FaultySpoolDirectory.Disk disk = new FaultySpoolDirectory.Disk();
    private long now = 7;
    private int wakeUps;
    private int processes;

    @AfterEach
    void discard() {
        CountDownLatch hangs = disk.hangs;
        if (hangs != null) {
            hangs.countDown();
            // They still use the directory that is to be deleted.
            await().until(() -> Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("logdna-spool-end")
                            || thread.getName().equals("test-batcher")));
        }
    }

    private BatchStore store() {
        return store(1 << 20);
    }

    private BatchStore store(long spoolSize) {
        return new DirectoryBatchStore(
                settings(spoolSize),
                64 * 1024,
                observer,
                new Counters(() -> 0),
                budget,
                () -> now,
                () -> wakeUps++,
                disk::open);
    }

    /** Of the next process. */
    private SpoolSettings settings(long spoolSize) {
        processes++;
        return new SpoolSettings(directory.resolve("logdna"), spoolSize, "%016d-1".formatted(processes), () -> ORIGIN);
    }

    private List<Path> batchFiles() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.toString().endsWith(SpoolPlace.BATCH))
                    .sorted()
                    .toList();
        }
    }

    private void leaveLines(String... lines) {
        BatchStore earlier = store();
        for (String line : lines) {
            earlier.add(batch(line));
        }
        earlier.close(PATIENCE);
    }

    // The start

    @Test
    void findsLeftBatchesAtTheStartAndCountsTheirBytes() {
        leaveLines("a", "b");

        BatchStore store = store();
        assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);

        assertThat(store.size()).isEqualTo(2);
        assertThat(store.bytesOnDisk()).isPositive();
        assertThat(wakeUps).isPositive();
        assertThat(observer.takenOver).hasValue(2);
        assertThat(drain(store)).containsExactly("a", "b");
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(store.maintain(now)).as("no polling").isEqualTo(WakeSignal.FOREVER);
    }

    @Test
    void retriesToOpenAPlaceWithGrowingDelaysEvenIfNothingIsLogged() {
        leaveLines("a");
        disk.refusesToOpen = true;
        BatchStore store = store();

        long first = store.maintain(now);
        assertThat(first).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(store.maintain(now + 1)).as("not before its time").isEqualTo(first - 1);
        assertThat(observer.events).hasSize(1).allMatch(words -> words.startsWith("UNWRITABLE"));
        now += first;
        assertThat(store.maintain(now)).isEqualTo(2 * first);
        now += 2 * first;
        disk.refusesToOpen = false;

        assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);
        assertThat(drain(store)).containsExactly("a");
    }

    @Test
    void deliversLeftBatchesEvenIfNothingIsLogged() {
        leaveLines("a", "b");
        ScriptedClient endpoint = new ScriptedClient();
        Shipper shipper = shipper(endpoint);

        shipper.start();

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("a", "b"));
        assertThat(shipper.stop(PATIENCE)).isZero();
        assertThat(shipper.counts().recovered()).isEqualTo(2);
        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    @Test
    void opensAPlaceAgainAfterAFailureInTheMiddle() {
        leaveLines("a");
        disk.refusesLists = true;
        BatchStore store = store();
        now += store.maintain(now);
        assertThat(observer.events).hasSize(1).allMatch(words -> words.contains("Too many open files"));

        disk.refusesLists = false;
        store.maintain(now);

        assertThat(drain(store)).containsExactly("a");
        assertThat(observer.events)
                .as("the place is not locked by the first attempt")
                .hasSize(1);
    }

    @Test
    void countsLeftBatchesDuringAnOutage() {
        leaveLines("a", "b");
        ScriptedClient endpoint = new ScriptedClient();
        endpoint.always(lines -> ScriptedClient.verdict(Outcome.RETRY));
        Shipper shipper = shipper(endpoint);

        shipper.start();

        await().untilAsserted(() -> {
            assertThat(shipper.counts().bytesOnDisk()).isPositive();
            assertThat(shipper.state().kind()).isEqualTo(DeliveryState.Kind.RETRYING);
        });
        shipper.stop(0);
    }

    private Shipper shipper(ScriptedClient endpoint) {
        return shipper(endpoint, 1 << 20);
    }

    private Shipper shipper(ScriptedClient endpoint, long spoolSize) {
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(1_000, 1 << 20, 0, 0),
                false,
                1024,
                Duration.ofMillis(10),
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(10)),
                settings(spoolSize));
        return new Shipper(
                "test",
                settings,
                () -> endpoint,
                text -> ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8),
                List.of(observer),
                ClockAndJitter.real());
    }

    // Writing

    @Test
    void distinguishesAFullDiskFromAnUnwritableOne() {
        BatchStore store = store();
        store.maintain(now);
        disk.full = true;
        store.add(batch("a"));
        disk.full = false;
        disk.refusesWrites = true;
        store.add(batch("b"));

        assertThat(observer.events).hasSize(2);
        assertThat(observer.events.get(0)).startsWith("DISK_FULL").contains("No space left on device");
        assertThat(observer.events.get(1)).startsWith("UNWRITABLE").contains("AccessDeniedException: ");
        assertThat(drain(store)).containsExactly("a", "b");
    }

    @Test
    void writesWhatIsInMemoryOnceTheDiskHasRoom() throws IOException {
        BatchStore store = store();
        store.maintain(now);
        disk.full = true;
        addInMemory(store, batch("claimed"));
        addInMemory(store, batch("a"));
        addInMemory(store, batch("b"));
        int heldByTheClaim = store.claim(0).batch().held();
        assertThat(store.isDurable()).isFalse();
        disk.full = false;
        assertThat(store.maintain(now))
                .as("not at once")
                .isEqualTo(Duration.ofSeconds(1).toNanos());
        now += Duration.ofSeconds(1).toNanos();

        assertThat(List.of(store.maintain(now), store.maintain(now), store.maintain(now)))
                .as("one after the other")
                .containsOnly(0L);
        assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);

        assertThat(batchFiles()).hasSize(3);
        assertThat(store.isDurable()).isTrue();
        assertThat(store.bytesOnDisk()).isEqualTo(sizeOfBatchFiles());
        assertThat(budget.downstream()).as("the sender still holds its own").isEqualTo(heldByTheClaim);
        assertThat(store.remove(0)).isEqualTo(heldByTheClaim);
        assertThat(store.claim(0).loaded()).isTrue();
        assertThat(drain(store)).containsExactly("a", "b");
        assertThat(batchFiles()).isEmpty();
        assertThat(store.bytesOnDisk()).isZero();
    }

    private void addInMemory(BatchStore store, Batch batch) {
        budget.hold(batch.held());
        assertThat(store.add(batch)).isEqualTo(batch.held());
    }

    private long sizeOfBatchFiles() throws IOException {
        long size = 0;
        for (Path file : batchFiles()) {
            size += Files.size(file);
        }
        return size;
    }

    @Test
    void triesAgainWithGrowingDelaysWhileTheDiskHasNoRoom() {
        BatchStore store = store();
        store.maintain(now);
        disk.full = true;
        addInMemory(store, batch("a"));

        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            long wait = Duration.ofSeconds(seconds).toNanos();
            assertThat(store.maintain(now)).isEqualTo(wait);
            now += wait;
        }

        disk.full = false;
        assertThat(store.maintain(now)).isZero();
        assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);
        disk.full = true;
        addInMemory(store, batch("b"));
        assertThat(store.maintain(now))
                .as("from the first delay again")
                .isEqualTo(Duration.ofSeconds(1).toNanos());
        disk.full = false;
        assertThat(store.add(batch("c"))).as("each new batch tries as well").isZero();
        assertThat(store.isDurable()).isTrue();
    }

    @Test
    void keepsABatchInMemoryThatDoesNotFitIntoTheRoomThatWasMade() {
        BatchStore store = store(700);
        assertThat(store.add(batch("a"))).isZero();
        assertThat(store.add(batch("b"))).isZero();
        addInMemory(store, batch(random(900)));
        assertThat(store.isFull()).isTrue();
        store.claim(0);
        store.remove(0);
        assertThat(store.isFull()).isFalse();

        assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);

        assertThat(store.isFull()).isTrue();
        assertThat(observer.events).isEmpty();
        assertThat(drain(store)).containsExactly("b", random(900));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void memoryStaysWithinTheBufferIfAFileIsReadAndDividedWhileItIsFull(boolean gzip) {
        long bufferSize = 96 * 1024;
        BufferLimits limits = new BufferLimits(65_536, bufferSize, 0, 0);
        Fixture small = new Fixture(8 * 1024, 8 * 1024, gzip, limits, settings(1 << 20), SpoolDirectory::open);
        small.batcher.step(small.now);
        small.store(Fixture.numbered(0, 600));
        while (small.log("a line that waits for the batcher") == AppendResult.ACCEPTED) {
            // The memory fills.
        }
        List<Long> held = new ArrayList<>();
        small.endpoint.always(lines -> {
            held.add(small.budget.held(small.queue::totalBytes));
            return ScriptedClient.verdict(lines.contains("line 599") ? Outcome.BAD_REQUEST : Outcome.DELIVERED);
        });

        small.deliverAll();

        assertThat(small.counters.snapshot(0, 0, 0).delivered()).isEqualTo(599);
        assertThat(held).hasSizeGreaterThan(7).allSatisfy(bytes -> assertThat(bytes)
                .isBetween(bufferSize / 2, bufferSize));
    }

    /** Or lines of a day-long outage would be sent without their time, and the age of the oldest would be that of a file. */
    @Test
    void linesOfThisProcessKeepTheirAgeInAFile() {
        BatchStore store = store();
        now = 1_000;
        Batch batch = batch("a");
        store.add(batch);
        now += Duration.ofHours(30).toNanos();

        assertThat(store.claim(0).loaded()).isTrue();
        assertThat(store.claim(0).batch().since()).isEqualTo(batch.since());
    }

    /** A wrong version of a library is no trouble of the disk, and has a remedy of its own. */
    @Test
    void aMissingMethodIsNotBlamedOnTheDisk() {
        BatchStore store = store();
        store.maintain(now);
        disk.beforeWrites = () -> {
            throw new NoSuchMethodError("JsonFactory.builder");
        };

        store.add(batch("a"));

        assertThat(observer.events)
                .singleElement()
                .asString()
                .startsWith("error in the spool: java.lang.NoSuchMethodError");
        assertThat(drain(store)).containsExactly("a");
    }

    @Test
    void knowsWhichClaimsAreOnDiskAndWhichLinesCameBeforeItsOwn() {
        BatchStore store = store();
        store.maintain(now);
        store.add(batch("a").at(70));
        disk.full = true;
        store.add(batch("b").at(71));
        store.claim(0);
        store.claim(1);

        assertThat(store.isClaimOnDisk(0)).isTrue();
        assertThat(store.isClaimOnDisk(1)).isFalse();
        assertThat(store.linesBefore()).isEqualTo(70);
        store.remove(0);
        assertThat(store.linesBefore()).isEqualTo(71);
    }

    @Test
    void writesWhatIsInMemoryOnceTheSpoolHasRoom() throws IOException {
        BatchStore store = store(300);
        assertThat(store.add(batch("a"))).isZero();
        addInMemory(store, batch("b"));
        assertThat(store.isFull()).isTrue();
        assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);
        store.claim(0);
        wakeUps = 0;

        store.remove(0);

        assertThat(wakeUps).as("the batcher").isPositive();
        assertThat(store.maintain(now)).isZero();
        assertThat(batchFiles()).hasSize(1);
        assertThat(budget.downstream()).isZero();
        assertThat(drain(store)).containsExactly("b");
    }

    @Test
    void deletesTheFileOfABatchThatWasDeliveredWhileItWasWritten() throws Exception {
        BatchStore store = store();
        store.maintain(now);
        disk.full = true;
        Batch batch = batch("a");
        addInMemory(store, batch);
        disk.full = false;
        now += Duration.ofSeconds(1).toNanos();
        CountDownLatch hangs = new CountDownLatch(1);
        disk.hangs = hangs;
        Thread batcher = new Thread(() -> store.maintain(now), "test-batcher");
        batcher.start();
        await().until(() -> batcher.getState() == Thread.State.WAITING);

        store.claim(0);
        assertThat(store.remove(0)).isEqualTo(batch.held());
        hangs.countDown();
        batcher.join();

        assertThat(batchFiles()).isEmpty();
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(store.size()).isZero();
    }

    @Test
    void closesBatchesEarlyAgainOnceTheDiskHasRoom() throws IOException {
        Fixture pipeline = pipeline();
        disk.full = true;
        for (String line : List.of("a", "b", "held back, because two batches wait in memory")) {
            pipeline.log(line);
            pipeline.batcher.step(pipeline.now);
            pipeline.pass(Duration.ofNanos(Fixture.FLUSH));
            pipeline.batcher.step(pipeline.now);
        }
        assertThat(pipeline.store.size()).isEqualTo(2);
        disk.full = false;

        long end = pipeline.now + Duration.ofMinutes(1).toNanos();
        for (long wait = 0; wait < end - pipeline.now; wait = pipeline.batcher.step(pipeline.now)) {
            pipeline.now += wait;
        }

        assertThat(pipeline.store.size()).isEqualTo(3);
        assertThat(batchFiles()).hasSize(3);
    }

    @Test
    void keepsTheLinesThatTheBatcherHasNotTakenWhenItEnds() throws IOException {
        Fixture pipeline = pipeline();
        pipeline.log("a");
        pipeline.batcher.step(pipeline.now);
        assertThat(batchFiles()).isEmpty();

        pipeline.batcher.finish();

        assertThat(batchFiles()).hasSize(1);
    }

    private Fixture pipeline() {
        return new Fixture(1_000, 1 << 20, true, LIMITS, settings(1 << 20), disk::open);
    }

    @Test
    void aStopInAnOutageKeepsLinesThatAreNotDueYet() {
        for (int i = 0; i < 20; i++) {
            ScriptedClient away =
                    new ScriptedClient().always(lines -> ScriptedClient.verdict(Outcome.RETRY, Duration.ofHours(1)));
            Shipper shipper = shipper(away, 1 << 20);
            shipper.start();
            log(shipper, "a");
            assertThat(shipper.drain(PATIENCE)).as("gives up").isFalse();
            await().until(() -> !away.requests.isEmpty());
            log(shipper, "b");

            assertThat(shipper.stop(Duration.ofSeconds(1).toNanos())).isZero();
            assertThat(shipper.keptLines()).isEqualTo(2);
        }
    }

    @Test
    void settledLinesOfABatchInMemoryAreNotTakenFromThoseThatAreKept() {
        ScriptedClient away = new ScriptedClient()
                .answers(ScriptedClient.byLine(Outcome.DELIVERED, Outcome.RETRY))
                .always(lines -> ScriptedClient.verdict(Outcome.RETRY, Duration.ofHours(1)));
        Shipper shipper = shipper(away, 300);
        String tooLargeForTheSpool = random(400);
        byte[] two = ("\"" + tooLargeForTheSpool + "\",\n\"y\",\n").getBytes(StandardCharsets.UTF_8);
        assertThat(shipper.append(two, two.length, 2, false)).isEqualTo(AppendResult.ACCEPTED);
        shipper.start();
        await().until(() -> away.requests.size() == 2);
        log(shipper, "z");

        assertThat(shipper.stop(0)).isEqualTo(1);
        assertThat(shipper.keptLines()).isEqualTo(1);
    }

    @Test
    void settledLinesOfABatchOnDiskAreNoneOfThoseThatAreKept() {
        ScriptedClient away = new ScriptedClient()
                .answers(ScriptedClient.byLine(Outcome.DELIVERED, Outcome.RETRY, Outcome.RETRY))
                .always(lines -> ScriptedClient.verdict(Outcome.RETRY, Duration.ofHours(1)));
        Shipper shipper = shipper(away);
        byte[] three = "\"a\",\n\"b\",\n\"c\",\n".getBytes(StandardCharsets.UTF_8);
        assertThat(shipper.append(three, three.length, 3, false)).isEqualTo(AppendResult.ACCEPTED);
        shipper.start();
        await().until(() -> away.requests.size() == 2);

        assertThat(shipper.stop(0)).isZero();

        assertThat(shipper.keptLines()).isEqualTo(2);
        assertThat(shipper.counts().delivered()).isEqualTo(1);
    }

    private static void log(Shipper shipper, String text) {
        byte[] line = TestLines.line(text);
        assertThat(shipper.append(line, line.length, 1, false)).isEqualTo(AppendResult.ACCEPTED);
    }

    /** Text that does not shrink. */
    private static String random(int length) {
        return new Random(1)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    // Deleting

    @Test
    void retriesDeletionsThatFailed() throws IOException {
        BatchStore store = store();
        store.add(batch("a"));
        store.add(batch("b"));
        disk.refusesDeletes = true;

        assertThat(drain(store)).containsExactly("a", "b");

        assertThat(store.bytesOnDisk()).as("they count").isPositive();
        assertThat(store.size()).isZero();
        assertThat(wakeUps).as("the batcher tries again").isPositive();
        assertThat(observer.events).hasSize(2).allMatch(words -> words.startsWith("NOT_DELETED"));
        long wait = store.maintain(now);
        assertThat(wait).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(observer.events)
                .hasSize(3)
                .last()
                .asString()
                .startsWith("NOT_DELETED")
                .as("the file on which it failed")
                .containsPattern("0001\\.batch: .*0001\\.batch$");
        disk.refusesDeletes = false;
        assertThat(store.maintain(now + 1)).as("not before its time").isEqualTo(wait - 1);
        assertThat(batchFiles()).hasSize(2);

        assertThat(store.maintain(now + wait)).isEqualTo(WakeSignal.FOREVER);

        assertThat(batchFiles()).isEmpty();
        assertThat(store.bytesOnDisk()).isZero();
        store.add(batch("c"));
        disk.refusesDeletes = true;
        drain(store);
        assertThat(store.maintain(now)).as("from the first delay again").isEqualTo(wait);
        disk.refusesDeletes = false;
        store.close(PATIENCE);
        assertThat(observer.events)
                .as("nothing is wrong at the end")
                .noneMatch(words -> words.startsWith("UNWRITABLE"));
        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    @Test
    void writesWhatIsInMemoryOnceDeletionsMakeRoom() throws IOException {
        BatchStore store = store(300);
        assertThat(store.add(batch("a"))).isZero();
        disk.refusesDeletes = true;
        disk.refusesWrites = true; // so that it can't be marked either
        assertThat(drain(store)).containsExactly("a");
        addInMemory(store, batch("b"));
        assertThat(store.isFull()).isTrue();
        disk.refusesWrites = false;
        now += store.maintain(now);
        assertThat(store.isFull()).isTrue();
        disk.refusesDeletes = false;
        now += Duration.ofMinutes(1).toNanos();

        assertThat(store.maintain(now)).as("at once").isZero();
        assertThat(store.isFull()).isFalse();
        store.maintain(now);

        assertThat(batchFiles()).hasSize(1);
        assertThat(drain(store)).containsExactly("b");
    }

    /** Otherwise the batcher would sleep, with room on the disk, until the next line comes. */
    @Test
    void wakesTheBatcherIfTheSpoolWasFullOnlyWhileAFileWasBeingDeleted() throws Exception {
        BatchStore store = store(300);
        assertThat(store.add(batch("a"))).isZero();
        store.claim(0);
        CountDownLatch hangs = new CountDownLatch(1);
        disk.hangs = hangs;
        Thread sender = new Thread(() -> store.remove(0), "test-sender");
        sender.start();
        await().until(() -> sender.getState() == Thread.State.WAITING);
        addInMemory(store, batch("b"));
        assertThat(store.isFull()).isTrue();
        wakeUps = 0;

        hangs.countDown();
        sender.join();

        assertThat(wakeUps).isEqualTo(1);
        assertThat(store.maintain(now)).isZero();
        assertThat(batchFiles()).hasSize(1);
    }

    @Test
    void reportsWhatCannotBeDeletedAtTheEnd() {
        BatchStore store = store();
        store.add(batch("a"));
        disk.refusesDeletes = true;
        drain(store);

        store.close(PATIENCE);

        assertThat(observer.events).last().asString().startsWith("UNWRITABLE").contains("AccessDeniedException");
    }

    @Test
    void marksDeliveredFilesSoThatTheNextProcessSkipsThem() throws IOException {
        BatchStore store = store();
        store.add(batch("delivered"));
        store.add(batch("waiting"));
        disk.refusesDeletes = true;
        store.claim(0);
        store.remove(0);
        store.close(PATIENCE);
        assertThat(batchFiles()).hasSize(2);
        disk.refusesDeletes = false;

        BatchStore next = store();
        next.maintain(now);

        assertThat(drain(next)).containsExactly("waiting");
        assertThat(batchFiles()).isEmpty();
        assertThat(next.bytesOnDisk()).isZero();
        assertThat(observer.events).noneMatch(words -> words.startsWith("DAMAGED"));
    }

    @Test
    void reportsDeliveredFilesThatCanNotEvenBeMarked() throws IOException {
        BatchStore store = store();
        store.add(batch("delivered"));
        disk.refusesDeletes = true;
        disk.refusesWrites = true;

        assertThat(drain(store)).containsExactly("delivered");
        assertThat(observer.events).anyMatch(words -> words.contains("can't be marked as delivered either"));
        disk.refusesDeletes = false;
        store.close(PATIENCE);

        assertThat(batchFiles()).as("deleted at the end").isEmpty();
    }

    @Test
    void anEmptyFileIsNotMistakenForADeliveredOne() throws IOException {
        leaveLines("cut off by a power failure");
        Files.write(batchFiles().get(0), new byte[0]);

        BatchStore next = store();
        next.maintain(now);

        assertThat(drain(next)).isEmpty();
        assertThat(observer.events).hasSize(1).allMatch(words -> words.startsWith("DAMAGED"));
    }

    // Reading

    @Test
    void keepsFilesThatCannotBeReadAndTriesAgain() throws IOException {
        leaveLines("a", "b");
        BatchStore store = store();
        store.maintain(now);
        disk.refusesReads = "";

        for (int i = 0; i < 20; i++) {
            assertThat(store.hasBatchFor(0)).isTrue();
            assertThat(store.claim(0)).isNull();
            assertThat(store.hasBatchFor(0)).as("not before its time").isFalse();
            long wait = store.maintain(now);
            assertThat(wait).isEqualTo(Duration.ofSeconds(Math.min(60, 1L << i)).toNanos());
            wakeUps = 0;
            now += wait;
            assertThat(store.maintain(now)).isEqualTo(WakeSignal.FOREVER);
            assertThat(wakeUps).isEqualTo(1);
        }
        assertThat(observer.events)
                .hasSize(20)
                .filteredOn(words -> words.startsWith("UNREADABLE"))
                .hasSize(20)
                .allMatch(words -> words.contains("Too many open files"));
        disk.refusesReads = null;
        assertThat(TestLines.in(store.claim(0).batch())).containsExactly("a");
        store.remove(0);
        disk.refusesReads = "";
        assertThat(store.claim(0)).isNull();
        assertThat(store.maintain(now))
                .as("from the first delay again")
                .isEqualTo(Duration.ofSeconds(1).toNanos());
        disk.refusesReads = null;

        assertThat(drain(store)).containsExactly("b");
        assertThat(batchFiles()).isEmpty();
    }

    @Test
    void setsAsideAFileThatCannotBeReadWhileOthersCan() throws IOException {
        leaveLines("a", "b");
        BatchStore store = store();
        store.maintain(now);
        disk.refusesReads = batchFiles().get(0).getFileName().toString();

        for (int i = 0; i < 5; i++) {
            assertThat(drain(store)).isEmpty();
            now += store.maintain(now);
            store.maintain(now);
        }

        assertThat(drain(store)).containsExactly("b");
        assertThat(store.maintain(now)).as("nothing is left to wait for").isEqualTo(WakeSignal.FOREVER);
        assertThat(observer.events)
                .filteredOn(words -> words.startsWith("DAMAGED"))
                .hasSize(1)
                .allMatch(words -> words.contains("Too many open files") && words.contains("was set aside"));
    }

    @Test
    void writesWhatIsInMemoryOnceAFileThatIsGoneMakesRoom() throws IOException {
        BatchStore store = store(300);
        assertThat(store.add(batch("a"))).isZero();
        addInMemory(store, batch("b"));
        assertThat(store.isFull()).isTrue();
        Files.delete(batchFiles().get(0));
        wakeUps = 0;

        assertThat(TestLines.in(store.claim(0).batch())).containsExactly("b");

        assertThat(wakeUps).as("the batcher").isEqualTo(1);
        assertThat(store.maintain(now)).isZero();
        assertThat(batchFiles()).hasSize(1);
    }

    @Test
    void leavesNothingToTheNextProcessInAPlaceThatOpensAfterTheShutdown() throws Exception {
        leaveLines("a");
        BatchStore late = store();
        CountDownLatch hangs = new CountDownLatch(1);
        disk.hangs = hangs;
        Thread batcher = new Thread(() -> late.maintain(now));
        batcher.start();
        await().until(() -> batcher.getState() == Thread.State.WAITING);
        assertThat(late.close(0)).isZero();
        hangs.countDown();
        batcher.join();

        BatchStore next = store();
        next.maintain(now);

        assertThat(drain(next)).containsExactly("a");
        assertThat(late.size()).isZero();
    }

    @Test
    void doesNotTakeAFileForDamagedIfAShutdownClosesTheDirectoryBeforeItIsRead() throws IOException {
        leaveLines("a");
        BatchStore store = store();
        store.maintain(now);
        disk.beforeReads = () -> {
            disk.beforeReads = () -> {};
            store.close(PATIENCE);
        };

        assertThat(store.claim(0)).isNull();

        assertThat(observer.events).isEmpty();
        BatchStore next = store();
        next.maintain(now);
        assertThat(drain(next)).containsExactly("a");
    }

    // Interrupts

    @Test
    void writesAndReadsOnAnInterruptedThreadAndKeepsItsLock() throws IOException {
        BatchStore store = store();
        Thread.currentThread().interrupt();
        try {
            assertThat(store.add(batch("a"))).as("held in memory").isZero();
            assertThat(store.add(batch("b"))).isZero();
            assertThat(store.claim(0).loaded()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }

        assertThat(observer.events).isEmpty();
        assertThat(drain(store)).containsExactly("a", "b");
        Path lock = directory.resolve("logdna/0000000000000001-1/lock");
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE)) {
            assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
    }

    @Test
    void aStormOfInterruptsLosesNothing() throws Exception {
        BatchStore store = store();
        Thread worker = Thread.currentThread();
        AtomicBoolean done = new AtomicBoolean();
        Thread storm = new Thread(() -> {
            while (!done.get()) {
                worker.interrupt();
                Thread.onSpinWait();
            }
        });
        storm.start();
        int inMemory = 0;
        List<String> lines = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                inMemory += store.add(batch("line " + i));
            }
            lines.addAll(drain(store));
        } finally {
            done.set(true);
            while (storm.isAlive()) {
                Thread.interrupted();
                Thread.onSpinWait();
            }
            Thread.interrupted();
        }

        assertThat(observer.events).isEmpty();
        assertThat(inMemory).isZero();
        assertThat(lines).containsExactlyElementsOf(Fixture.numbered(0, 100));
    }

    // A disk that hangs

    @Test
    void delaysAShutdownNoLongerThanAllowed() {
        BatchStore store = store();
        store.add(batch("on disk", "also on disk"));
        disk.full = true;
        store.add(batch("in memory"));
        disk.full = false;
        disk.hangs = new CountDownLatch(1);

        assertThat(store.close(Duration.ofMillis(50).toNanos())).isEqualTo(2);
        assertThat(store.claim(0)).isNull();
        assertThat(store.remove(0)).isZero();
    }

    @Test
    void doesNotBlockTheEndOfAShipper() throws Exception {
        leaveLines("a");
        disk.hangs = new CountDownLatch(1);
        BatchStore store = store();
        Thread batcher = new Thread(() -> store.maintain(now), "test-batcher");
        batcher.setDaemon(true);
        batcher.start();
        await().until(() -> batcher.getState() == Thread.State.WAITING);

        assertThat(store.size()).isZero();
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(store.claim(0)).isNull();
        assertThat(store.close(Duration.ofMillis(50).toNanos())).isZero();
    }

    // Trust

    @Test
    void doesNotUseADirectoryOfAnotherUser() throws IOException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root"); // others can't give a directory away
        Path spool = Files.createDirectories(directory.resolve("logdna"));
        Files.setOwner(
                spool, spool.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        BatchStore store = store();

        assertThat(store.add(batch("a"))).isPositive();

        assertThat(observer.events)
                .hasSize(1)
                .allMatch(words -> words.contains("belongs to the user nobody"))
                .noneMatch(words -> words.contains("Exception"));
        assertThat(batchFiles()).isEmpty();
        assertThat(drain(store)).containsExactly("a");
    }

    @Test
    void takesNothingOverFromAPlaceOfAnotherUser() throws IOException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        leaveLines("forged");
        Path place = directory.resolve("logdna/0000000000000001-1");
        Files.setOwner(
                place, place.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        BatchStore store = store();

        store.maintain(now);

        assertThat(drain(store)).isEmpty();
        assertThat(batchFiles()).hasSize(1);
        assertThat(observer.events).hasSize(1).allMatch(words -> words.startsWith("FOREIGN"));
    }

    @Test
    void reportsThatOthersMayWriteToIt() throws IOException {
        Path spool = Files.createDirectories(directory.resolve("logdna"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        BatchStore store = store();

        assertThat(store.add(batch("a"))).isZero();

        assertThat(observer.events).hasSize(2).allMatch(words -> words.startsWith("OPEN_TO_OTHERS"));
    }

    @Test
    void doesNotFollowALinkThatReplacesItsDirectory() throws IOException {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.createSymbolicLink(directory.resolve("logdna"), elsewhere);
        BatchStore store = store();

        assertThat(store.add(batch("a"))).isPositive();

        assertThat(elsewhere).isEmptyDirectory();
        assertThat(observer.events).hasSize(1).allMatch(words -> words.startsWith("UNWRITABLE"));
    }

    @Test
    void mayBeConfiguredThroughALink() throws IOException {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), volume);
        BatchStore store = new DirectoryBatchStore(
                new SpoolSettings(link.resolve("logdna"), 1 << 20, "0000000000000001-1", () -> ORIGIN),
                64 * 1024,
                observer,
                new Counters(() -> 0),
                budget,
                () -> now,
                () -> {},
                SpoolDirectory::open);

        assertThat(store.add(batch("a"))).isZero();

        assertThat(volume.resolve("logdna")).isDirectory();
        store.close(PATIENCE);
    }

    @Test
    void keepsUsingTheDirectoryThatItOpened() throws IOException {
        Path spool = Files.createDirectories(directory.resolve("spool"));
        Files.writeString(spool.resolve("file"), "ours");
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("file"), "theirs");
        for (SpoolDirectory open : List.of(SpoolDirectory.open(spool), new PlainSpoolDirectory(spool))) {
            Path moved = directory.resolve("moved");
            Files.move(spool, moved);
            Files.createSymbolicLink(spool, foreign);
            try {
                open.delete("file");
                open.deleteDirectory("file");
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("was replaced");
            }
            assertThat(foreign.resolve("file")).hasContent("theirs");
            Files.delete(spool);
            Files.move(moved, spool);
            open.close();
        }
    }

    @Test
    void followsNoLinkInADirectory() throws IOException {
        Path spool = Files.createDirectories(directory.resolve("spool"));
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.writeString(foreign.resolve("file"), "theirs");
        Files.createSymbolicLink(spool.resolve("link"), foreign.resolve("file"));
        Files.createSymbolicLink(spool.resolve("directory"), foreign);
        for (SpoolDirectory open : List.of(SpoolDirectory.open(spool), new PlainSpoolDirectory(spool))) {
            assertThatThrownBy(() -> open.open("link", java.util.Set.of(StandardOpenOption.READ)))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> open.directory("directory")).isInstanceOf(IOException.class);
            open.close();
        }
        assertThatThrownBy(() -> SpoolDirectory.open(spool.resolve("directory")))
                .isInstanceOf(IOException.class);
    }
}
