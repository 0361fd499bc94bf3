package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.TestLines.batch;
import static io.github.dropwizardlogdna.shipping.TestLines.drain;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolMergerTest {

    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();
    private static final HostInfo ORIGIN = new HostInfo("web-1", null, null, List.of("a"));
    private static final int SEPARATE = SpoolMerger.BATCHES_BEFORE + 1;

    @TempDir
    private Path directory;

    private final RecordingObserver observer = new RecordingObserver();
    private final FaultySpoolDirectory.Disk disk = new FaultySpoolDirectory.Disk();
    private final Random random = new Random(1);
    private HostInfo origin = ORIGIN;
    private int processes;

    private BatchStore store(long maxSize, int batchSize) {
        processes++;
        return new DirectoryBatchStore(
                new SpoolSettings(directory.resolve("logdna"), maxSize, "%016d-1".formatted(processes), () -> {
                    if (origin == null) {
                        throw new NoClassDefFoundError("a/missing/Class");
                    }
                    return origin;
                }),
                batchSize,
                observer,
                new Counters(() -> 0),
                new Budget(new BufferLimits(65_536, 32 << 20, 0, 0)),
                () -> 7,
                () -> {},
                disk::open);
    }

    private BatchStore store() {
        return store(16 << 20, 1 << 20);
    }

    /** One line in each batch. */
    private static List<String> add(BatchStore store, int from, int to) {
        List<String> lines = Fixture.numbered(from, to);
        for (int i = from; i < to; i++) {
            assertThat(store.add(batch("line " + i).at(i))).isZero();
        }
        return lines;
    }

    /** A line that does not compress. */
    private String incompressible(int length) {
        StringBuilder line = new StringBuilder();
        while (line.length() < length) {
            line.append((char) ('#' + random.nextInt(57))); // no quote, and no backslash
        }
        return line.toString();
    }

    private List<Path> batchFiles() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.toString().endsWith(SpoolPlace.BATCH))
                    .sorted()
                    .toList();
        }
    }

    private Path newestFile() throws IOException {
        List<Path> files = batchFiles();
        return files.get(files.size() - 1);
    }

    @Test
    void aLongOutageLeavesFewFiles() throws IOException {
        BatchStore store = store();

        List<String> lines = add(store, 0, 1_000);

        assertThat(batchFiles()).hasSize(SEPARATE);
        assertThat(store.size()).isEqualTo(SEPARATE);
        assertThat(store.bytesOnDisk()).isEqualTo(sizeOf(batchFiles()));
        assertThat(drain(store)).isEqualTo(lines);
        assertThat(store.bytesOnDisk()).isZero();
        assertThat(batchFiles()).isEmpty();
        assertThat(observer.events).isEmpty();
    }

    private static long sizeOf(List<Path> files) throws IOException {
        long size = 0;
        for (Path file : files) {
            size += Files.size(file);
        }
        return size;
    }

    private Fixture pipeline() {
        return new Fixture(
                1 << 20,
                1 << 20,
                true,
                new BufferLimits(65_536, 32 << 20, 0, 0),
                new SpoolSettings(directory.resolve("logdna"), 1 << 20, "0000000000000001-1", () -> ORIGIN),
                SpoolDirectory::open);
    }

    /** A batch of each line, because it is due. */
    private static void logSlowly(Fixture fixture, int lines) {
        for (int i = 0; i < lines; i++) {
            fixture.log("line " + i);
            fixture.batcher.step(fixture.now);
            fixture.now += Fixture.FLUSH;
            fixture.batcher.step(fixture.now);
        }
    }

    @Test
    void theEndOfAnOutageTakesFewRequests() {
        Fixture fixture = pipeline();
        logSlowly(fixture, 200);
        assertThat(fixture.store.size()).isEqualTo(SEPARATE);
        assertThat(fixture.batcher.settledLines()).isZero();

        fixture.deliverAll();

        assertThat(fixture.endpoint.taken).isEqualTo(Fixture.numbered(0, 200));
        assertThat(fixture.endpoint.requests).hasSize(SEPARATE);
        assertThat(fixture.batcher.settledLines()).isEqualTo(200);
        assertThat(fixture.counters.snapshot(0, 0, 0).delivered()).isEqualTo(200);
        assertThat(fixture.budget.downstream()).isZero();
    }

    @Test
    void aFlushAndAShutdownDoNotWaitUntilBytesAreOnTheDisk() {
        Fixture fixture = pipeline();
        logSlowly(fixture, 20);

        fixture.store(List.of("flushed"));
        assertThat(fixture.store.size()).isEqualTo(SEPARATE + 1);
        fixture.log("last");
        fixture.batcher.finish();

        assertThat(fixture.store.size()).isEqualTo(SEPARATE + 2);
    }

    @Test
    void theNextProcessFindsTheLinesAndTheirHost() {
        BatchStore store = store();
        List<String> lines = add(store, 0, 100);
        assertThat(store.close(PATIENCE)).isEqualTo(100);

        BatchStore next = store();
        next.maintain(7);

        for (int i = 1; i < SEPARATE; i++) {
            next.claim(0);
            next.remove(0);
        }
        BatchStore.Stored merged = next.claim(0);
        assertThat(merged.batch().origin()).isEqualTo(ORIGIN);
        assertThat(drain(next)).isEqualTo(lines.subList(SEPARATE - 1, 100));
    }

    @Test
    void aMergedBatchIsAsOldAsItsFirstLine() {
        BatchStore store = store();
        add(store, 0, SEPARATE - 1);
        Batch first = batch("first");
        store.add(new Batch(first.body(), true, 1, first.uncompressed(), 42, 1_000, null));
        add(store, 1_001, 1_010);
        while (store.size() > 1) {
            store.claim(0);
            store.remove(0);
        }

        assertThat(store.linesBefore()).isEqualTo(1_000);
        assertThat(store.claim(0).batch().since()).isEqualTo(42);
        assertThat(store.claim(0).batch().lines()).isEqualTo(10);
    }

    @Test
    void aFileOfSomeSizeIsNotExtended() throws IOException {
        BatchStore store = store();
        List<String> lines = new ArrayList<>(add(store, 0, SEPARATE));
        for (int i = 0; i < 10; i++) {
            String line = incompressible(SpoolMerger.SMALL / 3);
            lines.add(line);
            store.add(batch(line));
        }
        assertThat(batchFiles()).hasSizeBetween(SEPARATE + 2, SEPARATE + 4);

        String large = incompressible(2 * SpoolMerger.SMALL);
        lines.add(large);
        int before = batchFiles().size();
        store.add(batch(large));

        assertThat(batchFiles()).as("nor is a large batch added to a small one").hasSize(before + 1);
        assertThat(drain(store)).isEqualTo(lines);
    }

    @Test
    void noBatchBecomesLargerThanARequest() {
        int batchSize = 200;
        BatchStore store = store(16 << 20, batchSize);
        add(store, 0, 100);

        assertThat(store.size()).isGreaterThan(SEPARATE);
        while (store.size() > 0) {
            assertThat(store.claim(0).batch().uncompressed()).isLessThanOrEqualTo(batchSize);
            store.remove(0);
        }
    }

    @Test
    void aFileThatASenderHasClaimedIsNotReplaced() {
        SpoolQueue queue = new SpoolQueue(1 << 20);
        for (int i = 0; i < 3; i++) {
            queue.add(SpoolQueue.Entry.onDisk("file " + i, 1, batch("a")));
        }
        for (int sender = 0; sender < 3; sender++) {
            queue.claim(sender);
        }

        assertThat(queue.beginReplacement(2, 1)).isNull();
    }

    @Test
    void noSenderClaimsAFileThatIsBeingReplaced() {
        SpoolQueue queue = new SpoolQueue(1 << 20);
        SpoolQueue.Entry newest = SpoolQueue.Entry.onDisk("newest", 10, batch("b"));
        SpoolQueue.Entry replacement = SpoolQueue.Entry.onDisk("newest", 15, batch("b", "c"));
        queue.add(SpoolQueue.Entry.onDisk("oldest", 7, batch("a")));
        queue.add(newest);

        assertThat(queue.beginReplacement(2, 10)).as("too few before it").isNull();
        assertThat(queue.beginReplacement(1, 9)).as("too large").isNull();
        assertThat(queue.beginReplacement(1, 10)).isEqualTo(newest);
        assertThat(queue.claim(0)).isNotNull();
        assertThat(queue.hasBatchFor(1)).isFalse();
        assertThat(queue.claim(1)).isNull();

        queue.endReplacement(replacement);
        assertThat(queue.hasBatchFor(1)).isTrue();
        assertThat(queue.claim(1)).isEqualTo(replacement);
        assertThat(queue.bytes()).isEqualTo(22);

        queue.close();
        assertThat(queue.beginReplacement(0, 100))
                .as("it belongs to the next process")
                .isNull();
    }

    @Test
    void aReplacementThatFailsChangesNothing() {
        SpoolQueue queue = new SpoolQueue(1 << 20);
        SpoolQueue.Entry newest = SpoolQueue.Entry.onDisk("newest", 10, batch("b"));
        queue.add(newest);
        queue.beginReplacement(0, 10);

        queue.endReplacement(null);

        assertThat(queue.claim(0)).isEqualTo(newest);
        assertThat(queue.bytes()).isEqualTo(10);
    }

    @Test
    void batchesOfAnEarlierProcessOrInMemoryAreNotExtended() {
        SpoolQueue queue = new SpoolQueue(1 << 20);
        queue.addRecovered(List.of(SpoolQueue.Entry.recovered("recovered", 10)), 0, 0);
        assertThat(queue.beginReplacement(0, 100)).isNull();

        queue.add(SpoolQueue.Entry.inMemory("in memory", batch("a")));
        assertThat(queue.beginReplacement(0, 100)).isNull();
    }

    @Test
    void aDiskThatRefusesWritesLosesNothing() throws IOException {
        BatchStore store = store();
        List<String> lines = new ArrayList<>(add(store, 0, 20));
        byte[] content = Files.readAllBytes(newestFile());
        disk.refusesWrites = true;

        assertThat(store.add(batch("in memory"))).isPositive();
        lines.add("in memory");

        assertThat(newestFile()).hasBinaryContent(content);
        assertThat(observer.events).hasSize(1).allMatch(words -> words.startsWith("UNWRITABLE"));
        assertThat(drain(store)).isEqualTo(lines);
    }

    @Test
    void aRenameThatWasDoneAndReportedAsFailedCausesNoSecondCopy() throws IOException {
        BatchStore store = store();
        List<String> lines = add(store, 0, SEPARATE + 1);
        lines.add("next");
        disk.reportsMovesAsFailed = true;

        assertThat(store.add(batch("next"))).isZero();

        assertThat(batchFiles()).hasSize(SEPARATE);
        assertThat(drain(store)).isEqualTo(lines);
    }

    @Test
    void aFullSpoolIsNotExceeded() {
        BatchStore store = store(6_000, 1 << 20);
        List<String> lines = new ArrayList<>();
        int held = 0;
        while (held == 0) {
            String line = incompressible(100);
            lines.add(line);
            held = store.add(batch(line));
            assertThat(store.bytesOnDisk()).isLessThanOrEqualTo(6_000);
        }

        assertThat(lines).as("some were merged").hasSizeGreaterThan(store.size() + 3);
        assertThat(store.isFull()).isTrue();
        assertThat(drain(store)).isEqualTo(lines);
    }

    @Test
    void aDamagedFileIsNotExtended() throws IOException {
        BatchStore store = store();
        List<String> lines = new ArrayList<>(add(store, 0, SEPARATE));
        lines.remove(SEPARATE - 1);
        Files.write(newestFile(), new byte[] {1, 2, 3});

        lines.addAll(add(store, 100, 110));

        assertThat(batchFiles()).hasSize(SEPARATE + 1);
        assertThat(drain(store)).isEqualTo(lines);
        assertThat(observer.events).hasSize(1).allMatch(words -> words.startsWith("DAMAGED"));
    }

    @Test
    void aMissingClassIsReported() throws IOException {
        BatchStore store = store();
        add(store, 0, SEPARATE);
        origin = null;

        assertThat(store.add(batch("in memory"))).isPositive();

        assertThat(observer.events)
                .as("by the merger, and by the writer")
                .hasSize(2)
                .allMatch(words -> words.startsWith("error in the spool"));
        assertThat(batchFiles()).hasSize(SEPARATE);
    }
}
