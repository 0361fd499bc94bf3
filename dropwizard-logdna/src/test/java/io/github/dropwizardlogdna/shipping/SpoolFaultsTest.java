package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.ingestion.Origin;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spool on a disk that refuses, forgets or hangs, and threads that are interrupted. */
class SpoolFaultsTest {

    private static final long PATIENCE = Duration.ofSeconds(30).toNanos();
    private static final Origin ORIGIN = new Origin("web-1", null, null, List.of());

    @TempDir
    private Path directory;

    private final RecordingObserver observer = new RecordingObserver();
    private final FaultySpoolDirectory.Disk disk = new FaultySpoolDirectory.Disk();
    private long now = 7;
    private int wakeUps;
    private int processes;

    @AfterEach
    void letGo() {
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
        processes++;
        return new DirectoryBatchStore(
                settings("%016d-1".formatted(processes)),
                observer,
                new Ledger(),
                () -> now,
                () -> wakeUps++,
                disk::open);
    }

    private SpoolSettings settings(String place) {
        return new SpoolSettings(directory.resolve("logdna"), 1 << 20, place, () -> ORIGIN);
    }

    private static Batch batch(String... lines) {
        OpenBatch open = new OpenBatch(true);
        for (String line : lines) {
            byte[] bytes = TestLines.line(line);
            open.add(bytes, 0, bytes.length, 1);
        }
        return open.close(1, null);
    }

    private static List<String> drain(BatchStore store) {
        List<String> lines = new ArrayList<>();
        for (BatchStore.Stored head = store.head(); head != null; head = store.head()) {
            lines.addAll(TestLines.in(head.batch()));
            store.removeHead();
        }
        return lines;
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
    void findsAtTheStartWhatWasLeftAndShowsIt() {
        leaveLines("a", "b");

        BatchStore store = store();
        assertThat(store.maintain(now)).isEqualTo(Signal.FOREVER);

        assertThat(store.size()).isEqualTo(2);
        assertThat(store.bytesOnDisk()).isPositive();
        assertThat(wakeUps).isPositive();
        assertThat(observer.takenOver).hasValue(2);
        assertThat(drain(store)).containsExactly("a", "b");
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(store.maintain(now)).as("no polling").isEqualTo(Signal.FOREVER);
    }

    @Test
    void triesAgainLaterAndLaterToOpenAPlaceThoughNothingIsLogged() {
        leaveLines("a");
        disk.refusesToOpen = true;
        BatchStore store = store();

        long first = store.maintain(now);
        assertThat(first).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(store.maintain(now + 1)).as("not before its time").isEqualTo(first - 1);
        assertThat(observer.told).hasSize(1).allMatch(words -> words.startsWith("UNWRITABLE"));
        now += first;
        assertThat(store.maintain(now)).isEqualTo(2 * first);
        now += 2 * first;
        disk.refusesToOpen = false;

        assertThat(store.maintain(now)).isEqualTo(Signal.FOREVER);
        assertThat(drain(store)).containsExactly("a");
    }

    @Test
    void deliversWhatWasLeftThoughNothingIsLogged() {
        leaveLines("a", "b");
        FakeEndpoint endpoint = new FakeEndpoint();
        Shipper shipper = shipper(endpoint);

        shipper.start();

        await().untilAsserted(() -> assertThat(endpoint.taken).containsExactly("a", "b"));
        assertThat(shipper.stop(PATIENCE)).isZero();
        assertThat(shipper.recovered()).isEqualTo(2);
        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    @Test
    void showsWhatWasLeftWhileNobodyTakesIt() {
        leaveLines("a", "b");
        FakeEndpoint endpoint = new FakeEndpoint();
        endpoint.always(lines -> FakeEndpoint.verdict(Outcome.RETRY));
        Shipper shipper = shipper(endpoint);

        shipper.start();

        await().untilAsserted(() -> {
            assertThat(shipper.bytesOnDisk()).isPositive();
            assertThat(shipper.state().kind()).isEqualTo(SenderState.Kind.RETRYING);
        });
        shipper.stop(0);
    }

    private Shipper shipper(FakeEndpoint endpoint) {
        processes++;
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(1_000, 1 << 20, 0, 0),
                false,
                1024,
                Duration.ofMillis(10),
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(10)),
                settings("%016d-1".formatted(processes)));
        return new Shipper(
                "test",
                settings,
                endpoint,
                text -> ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8),
                observer,
                TimeAndChance.real());
    }

    // Deleting

    @Test
    void remembersWhatItCanNotDeleteAndTriesAgain() throws IOException {
        BatchStore store = store();
        store.add(batch("a"));
        store.add(batch("b"));
        disk.refusesDeletes = true;

        assertThat(drain(store)).containsExactly("a", "b");

        assertThat(store.bytesOnDisk()).as("they count").isPositive();
        assertThat(store.size()).isZero();
        assertThat(wakeUps).as("the batcher tries again").isPositive();
        assertThat(observer.told).hasSize(2).allMatch(words -> words.startsWith("NOT_DELETED"));
        long wait = store.maintain(now);
        assertThat(wait).isEqualTo(Duration.ofSeconds(1).toNanos());
        disk.refusesDeletes = false;
        assertThat(store.maintain(now + 1)).as("not before its time").isEqualTo(wait - 1);
        assertThat(batchFiles()).hasSize(2);

        assertThat(store.maintain(now + wait)).isEqualTo(Signal.FOREVER);

        assertThat(batchFiles()).isEmpty();
        assertThat(store.bytesOnDisk()).isZero();
        store.close(PATIENCE);
        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    @Test
    void leavesAMarkSoThatTheNextProcessDoesNotDeliverThemAgain() throws IOException {
        BatchStore store = store();
        store.add(batch("delivered"));
        store.add(batch("waiting"));
        disk.refusesDeletes = true;
        store.head();
        store.removeHead();
        store.close(PATIENCE);
        assertThat(batchFiles()).hasSize(2);
        disk.refusesDeletes = false;

        BatchStore next = store();
        next.maintain(now);

        assertThat(drain(next)).containsExactly("waiting");
        assertThat(batchFiles()).isEmpty();
        assertThat(next.bytesOnDisk()).isZero();
        assertThat(observer.told).noneMatch(words -> words.startsWith("DAMAGED"));
    }

    @Test
    void saysSoIfItCanNotEvenLeaveAMark() throws IOException {
        BatchStore store = store();
        store.add(batch("delivered"));
        disk.refusesDeletes = true;
        disk.refusesWrites = true;

        assertThat(drain(store)).containsExactly("delivered");
        assertThat(observer.told).anyMatch(words -> words.contains("can't be marked as delivered either"));
        disk.refusesDeletes = false;
        store.close(PATIENCE);

        assertThat(batchFiles()).as("deleted at the end").isEmpty();
    }

    @Test
    void anEmptyFileIsNotTakenForADeliveredOne() throws IOException {
        leaveLines("cut off by a power failure");
        Files.write(batchFiles().get(0), new byte[0]);

        BatchStore next = store();
        next.maintain(now);

        assertThat(drain(next)).isEmpty();
        assertThat(observer.told).hasSize(1).allMatch(words -> words.startsWith("DAMAGED"));
    }

    // Writing

    @Test
    void tellsAFullDiskFromOneThatCanNotBeWritten() {
        BatchStore store = store();
        store.maintain(now);
        disk.full = true;
        store.add(batch("a"));
        disk.full = false;
        disk.refusesWrites = true;
        store.add(batch("b"));

        assertThat(observer.told).hasSize(2);
        assertThat(observer.told.get(0)).startsWith("DISK_FULL");
        assertThat(observer.told.get(1)).startsWith("UNWRITABLE");
        assertThat(drain(store)).containsExactly("a", "b");
    }

    // Interrupts

    @Test
    void writesAndReadsOnAnInterruptedThreadAndKeepsItsLock() throws IOException {
        BatchStore store = store();
        Thread.currentThread().interrupt();
        try {
            assertThat(store.add(batch("a"))).as("held in memory").isZero();
            assertThat(store.add(batch("b"))).isZero();
            assertThat(store.head().loaded()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }

        assertThat(observer.told).isEmpty();
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

        assertThat(observer.told).isEmpty();
        assertThat(inMemory).isZero();
        assertThat(lines).containsExactlyElementsOf(Fixture.numbered(0, 100));
    }

    // A disk that hangs

    @Test
    void isNotWaitedForAtTheEndLongerThanItMay() {
        BatchStore store = store();
        store.add(batch("on disk", "also on disk"));
        disk.full = true;
        store.add(batch("in memory"));
        disk.full = false;
        disk.hangs = new CountDownLatch(1);

        assertThat(store.close(Duration.ofMillis(50).toNanos())).isEqualTo(2);
        assertThat(store.head()).isNull();
        assertThat(store.removeHead()).isZero();
    }

    @Test
    void doesNotKeepAShipperFromEnding() throws Exception {
        leaveLines("a");
        disk.hangs = new CountDownLatch(1);
        BatchStore store = store();
        Thread batcher = new Thread(() -> store.maintain(now), "test-batcher");
        batcher.setDaemon(true);
        batcher.start();
        await().until(() -> batcher.getState() == Thread.State.WAITING);

        assertThat(store.size()).isZero();
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(store.head()).isNull();
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

        assertThat(observer.told).hasSize(1).allMatch(words -> words.contains("belongs to the user nobody"));
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
        assertThat(observer.told).hasSize(1).allMatch(words -> words.startsWith("FOREIGN"));
    }

    @Test
    void reportsThatOthersMayWriteToIt() throws IOException {
        Path spool = Files.createDirectories(directory.resolve("logdna"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        BatchStore store = store();

        assertThat(store.add(batch("a"))).isZero();

        assertThat(observer.told).hasSize(2).allMatch(words -> words.startsWith("OPEN_TO_OTHERS"));
    }

    @Test
    void doesNotFollowALinkInThePlaceOfItsDirectory() throws IOException {
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.createSymbolicLink(directory.resolve("logdna"), elsewhere);
        BatchStore store = store();

        assertThat(store.add(batch("a"))).isPositive();

        assertThat(elsewhere).isEmptyDirectory();
        assertThat(observer.told).hasSize(1).allMatch(words -> words.startsWith("UNWRITABLE"));
    }

    @Test
    void mayBeConfiguredThroughALink() throws IOException {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), volume);
        BatchStore store = new DirectoryBatchStore(
                new SpoolSettings(link.resolve("logdna"), 1 << 20, "0000000000000001-1", () -> ORIGIN),
                observer,
                new Ledger(),
                () -> now,
                () -> {},
                SpoolDirectory::open);

        assertThat(store.add(batch("a"))).isZero();

        assertThat(volume.resolve("logdna")).isDirectory();
        store.close(PATIENCE);
    }

    @Test
    void staysWithTheDirectoryThatItOpened() throws IOException {
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
