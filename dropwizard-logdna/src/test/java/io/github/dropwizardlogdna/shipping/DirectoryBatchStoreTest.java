package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.TestLines.batch;
import static io.github.dropwizardlogdna.shipping.TestLines.drain;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBatchStoreTest {

    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();
    private static final HostInfo ORIGIN = new HostInfo("web-1", "10.0.0.1", null, List.of("a", "b{}"));

    @TempDir
    private Path directory;

    private final Budget budget = new Budget(new BufferLimits(65_536, 32 << 20, 0, 0));
    private final RecordingObserver observer = new RecordingObserver();
    private final Counters counters = new Counters(() -> 0);
    private long now = 7;
    private int wakeUps;

    private static String place(String number) {
        return "%16s-1".formatted(number).replace(' ', '0');
    }

    private Path placeOf(String number) {
        return directory.resolve("logdna").resolve(place(number));
    }

    private BatchStore store(String place, long maxSize) {
        return BatchStore.of(
                new SpoolSettings(directory.resolve("logdna"), maxSize, place(place), () -> ORIGIN),
                1 << 20,
                observer,
                counters,
                budget,
                () -> now,
                () -> wakeUps++);
    }

    private BatchStore store(String place) {
        return store(place, 1 << 20);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private List<Path> batchFiles() throws IOException {
        return files().stream()
                .filter(file -> file.toString().endsWith(".batch"))
                .toList();
    }

    @Test
    void touchesNothingBeforeTheFirstBatch() throws IOException {
        BatchStore store = store("1");

        assertThat(store.claim(0)).isNull();
        assertThat(store.close(PATIENCE)).isZero();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void returnsBatchesInTheirOrderAndHoldsNoMemory() throws IOException {
        BatchStore store = store("1");
        assertThat(store.add(batch("a", "b"))).isZero();
        assertThat(store.add(batch("c"))).isZero();

        assertThat(batchFiles()).hasSize(2);
        assertThat(store.bytesOnDisk()).isPositive();
        assertThat(store.claim(0).loaded()).isTrue();
        assertThat(drain(store)).containsExactly("a", "b", "c");
        assertThat(batchFiles()).isEmpty();
        assertThat(store.size()).isZero();
    }

    @Test
    void keepsUnremovedBatchesForTheNextProcessOldestFirst() {
        BatchStore first = store("1");
        first.add(batch("delivered"));
        first.add(batch("a", "b"));
        first.add(batch("c"));
        first.claim(0);
        first.remove(0);
        assertThat(first.close(PATIENCE)).isEqualTo(3);

        BatchStore second = store("2");
        second.add(batch("new"));

        BatchStore.Stored head = second.claim(0);
        assertThat(head.recovered()).isTrue();
        assertThat(head.batch().lines()).isEqualTo(2);
        assertThat(head.batch().origin()).isEqualTo(ORIGIN);
        assertThat(drain(second)).containsExactly("a", "b", "c", "new");
    }

    @Test
    void keepsTheOrderOfSeveralProcessesBeforeIt() {
        for (int process = 1; process <= 3; process++) {
            BatchStore store = store("000" + process);
            store.add(batch("from " + process));
            store.add(batch("also from " + process));
            store.close(PATIENCE);
        }

        BatchStore last = store("0004");
        last.add(batch("new"));

        assertThat(drain(last))
                .containsExactly("from 1", "also from 1", "from 2", "also from 2", "from 3", "also from 3", "new");
    }

    @Test
    void doesNotTouchThePlaceOfALivingProcess() {
        BatchStore living = store("1");
        living.add(batch("its own"));

        BatchStore other = store("2");
        other.add(batch("other"));

        assertThat(drain(other)).containsExactly("other");
        assertThat(drain(living)).containsExactly("its own");
        assertThat(observer.events).isEmpty();
    }

    @Test
    void letsOnlyItsOwnerRead() throws IOException {
        store("1").add(batch("a"));

        for (Path file : files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void storesTheHostOfTheLinesAndNothingElse() throws IOException {
        store("1").add(batch("a"));

        String head = new String(Files.readAllBytes(batchFiles().get(0)), UTF_8).split("\n")[0];

        assertThat(head)
                .matches("\\{\"format\":1,\"lines\":1,\"uncompressed\":\\d+,\"gzip\":true,\"crc32\":\\d+,"
                        + "\"hostname\":\"web-1\",\"ip\":\"10.0.0.1\",\"mac\":null,"
                        + "\"tags\":\\[\"a\",\"b\\{}\"]}");
    }

    @Test
    void setsADamagedFileAsideAndContinues() throws IOException {
        BatchStore first = store("1");
        first.add(batch("cut short"));
        first.add(batch("changed"));
        first.add(batch("empty"));
        first.add(batch("whole"));
        first.close(PATIENCE);
        List<Path> files = batchFiles();
        byte[] bytes = Files.readAllBytes(files.get(0));
        Files.write(files.get(0), java.util.Arrays.copyOf(bytes, bytes.length - 5));
        bytes = Files.readAllBytes(files.get(1));
        bytes[bytes.length - 20]++;
        Files.write(files.get(1), bytes);
        Files.write(files.get(2), new byte[0]);

        BatchStore second = store("2");
        second.add(batch("new"));

        assertThat(drain(second)).containsExactly("whole", "new");
        assertThat(observer.events)
                .hasSize(3)
                .allMatch(words -> words.startsWith("DAMAGED") && words.contains("was set aside"));
        assertThat(files())
                .filteredOn(file -> file.toString().endsWith(".damaged"))
                .hasSize(3);
        assertThat(second.bytesOnDisk()).as("they count").isPositive();
    }

    @Test
    void countsTheLinesOfADamagedFileOfThisProcess() throws IOException {
        BatchStore store = store("1");
        store.add(TestLines.batch("a", "b"));
        Files.write(batchFiles().get(0), new byte[] {1, 2, 3});

        assertThat(store.claim(0)).isNull();

        assertThat(counters.dropped(DropReason.FAILED)).isEqualTo(2);
        assertThat(store.bytesOnDisk()).as("what is left of it").isEqualTo(3);
    }

    @Test
    void leavesForeignFilesInPlaceAndReportsThemOnce() throws IOException {
        BatchStore first = store("1");
        first.add(batch("a"));
        first.close(PATIENCE);
        Files.writeString(placeOf("1").resolve("notes.txt"), "what is this?");

        BatchStore second = store("2");
        second.add(batch("b"));
        second.add(batch("c"));

        assertThat(drain(second)).containsExactly("a", "b", "c");
        assertThat(observer.events).hasSize(1);
        assertThat(observer.events).allMatch(words -> words.startsWith("FOREIGN") && words.contains("notes.txt"));
        assertThat(placeOf("1").resolve("notes.txt")).hasContent("what is this?");
        assertThat(second.bytesOnDisk()).as("it counts").isEqualTo("what is this?".length());
    }

    @Test
    void keepsBatchesThatDoNotFitInMemoryAndTheOrder() throws IOException {
        BatchStore store = store("1", 400);
        Batch third = batch("third");
        assertThat(store.add(batch("first"))).isZero();
        assertThat(store.add(batch("second"))).isZero();
        assertThat(store.add(third)).isEqualTo(third.held());
        assertThat(store.isFull()).isTrue();
        assertThat(batchFiles()).hasSize(2);

        store.claim(0);
        store.remove(0);
        assertThat(store.isFull()).isFalse();
        assertThat(store.add(batch("fourth"))).isZero();

        assertThat(drain(store)).containsExactly("second", "third", "fourth");
    }

    @Test
    void writesBatchesFromMemoryInTheirOrderWhenItIsClosed() {
        BatchStore store = store("1", 400);
        store.add(batch("first"));
        store.add(batch("second"));
        store.add(batch("third, for which there is no room"));
        store.claim(0);
        store.remove(0);
        store.add(batch("fourth"));
        store.claim(0);
        store.remove(0);
        assertThat(store.close(PATIENCE)).isEqualTo(2);

        BatchStore next = store("2");
        next.add(batch("new"));
        assertThat(drain(next)).containsExactly("third, for which there is no room", "fourth", "new");
    }

    @Test
    void fallsBackToMemoryIfItCannotWrite() throws IOException {
        Files.writeString(directory.resolve("logdna"), "a file, where a directory is to be");
        BatchStore store = store("1");

        assertThat(store.add(batch("a"))).isPositive();
        assertThat(store.add(batch("b"))).isPositive();

        assertThat(store.isDurable()).isFalse();
        assertThat(observer.events).allMatch(words -> words.startsWith("UNWRITABLE"));
        assertThat(drain(store)).containsExactly("a", "b");
    }

    @Test
    void removesThePlacesOfProcessesThatHaveEnded() throws IOException {
        BatchStore first = store("1");
        first.add(batch("a"));
        first.close(PATIENCE);
        BatchStore second = store("2");
        second.add(batch("b"));
        drain(second);
        second.close(PATIENCE);

        assertThat(directory.resolve("logdna")).isEmptyDirectory();
    }

    @Test
    void losesNoRecoveredBatchIfTheDirectoryCanBeOpenedOnlyLater() throws IOException {
        BatchStore first = store("1");
        first.add(batch("recovered"));
        first.close(PATIENCE);
        Path spool = directory.resolve("logdna");
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(spool, elsewhere);
        Files.writeString(spool, "a file, where a directory is to be");
        BatchStore second = store("2");
        second.add(batch("in memory"));
        assertThat(TestLines.in(second.claim(0).batch())).containsExactly("in memory");

        Files.delete(spool);
        Files.move(elsewhere, spool);
        second.add(batch("new"));
        second.remove(0); // of the batch that the sender was at work on

        assertThat(drain(second)).containsExactly("recovered", "new");
    }

    @Test
    void leavesAPlaceThatItCannotTakeOverToTheNextProcess() throws IOException {
        BatchStore first = store("1");
        first.add(batch("recovered"));
        first.close(PATIENCE);
        // A directory in the way of the file that is to be moved.
        String name = batchFiles().get(0).getFileName().toString();
        Files.createDirectories(placeOf("2").resolve(name).resolve("x"));
        BatchStore second = store("2");

        assertThat(second.add(batch("a"))).isZero();

        assertThat(observer.events).anyMatch(words -> words.startsWith("NOT_TAKEN_OVER"));
        assertThat(drain(second)).containsExactly("a");
        second.close(PATIENCE);
        BatchStore third = store("3");
        third.add(batch("b"));
        assertThat(drain(third)).containsExactly("recovered", "b");
    }
}
