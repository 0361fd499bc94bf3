package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.TestLines.batch;
import static io.github.dropwizardlogdna.shipping.TestLines.drain;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged and foreign files in a spool: nothing is thrown, damaged files are set aside once, the others are delivered. */
class DamagedSpoolTest {

    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();
    private static final HostInfo ORIGIN = new HostInfo("web-1", "10.0.0.1", null, List.of("a", "b{}"));
    private static final String DAMAGED_NAME = "0000000000000001-1_0000000000000002.batch";

    @TempDir
    private Path directory;

    private final Budget budget = new Budget(new BufferLimits(65_536, 32 << 20, 0, 0));
    private final RecordingObserver observer = new RecordingObserver();

    // The file format

    @Property
    void throwsNothingElseForAnyBytes(@ForAll byte[] bytes) {
        assertThatIOException().isThrownBy(() -> SpoolFile.decode(bytes, 0));
    }

    @Test
    void everyFlippedByteIsFound() throws IOException {
        byte[] whole = file();
        Random random = new Random(1);
        for (int i = 0; i < whole.length; i++) {
            for (int flip : new int[] {1, 0x80, 1 + random.nextInt(255)}) {
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) flip;
                int at = i;
                assertThatIOException()
                        .as("byte %s of %s, flipped by %s", at, whole.length, flip)
                        .isThrownBy(() -> SpoolFile.decode(damaged, 0));
            }
        }
    }

    @Test
    void everyTruncationAndAppendedByteIsFound() throws IOException {
        byte[] whole = file();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatIOException().isThrownBy(() -> SpoolFile.decode(cut, 0));
        }
        for (int more : new int[] {1, 2, 1_000}) {
            byte[] longer = Arrays.copyOf(whole, whole.length + more);
            assertThatIOException().isThrownBy(() -> SpoolFile.decode(longer, 0));
        }
    }

    static Stream<String> heads() {
        return Stream.of(
                "",
                "null",
                "[]",
                "1",
                "{}",
                "[".repeat(60_000),
                "{\"format\":1}",
                "{\"format\":2,\"lines\":1,\"uncompressed\":1,\"crc32\":0}",
                "{\"format\":1,\"lines\":2147483647,\"uncompressed\":2147483647,\"gzip\":true,\"crc32\":0}",
                "{\"format\":1,\"lines\":-1,\"uncompressed\":-1,\"gzip\":true,\"crc32\":0}",
                "{\"format\":1,\"lines\":1e999999999,\"uncompressed\":" + "9".repeat(900) + ",\"crc32\":0}",
                "{\"format\":1,\"lines\":{},\"uncompressed\":[],\"gzip\":\"\",\"crc32\":\"x\"}");
    }

    @ParameterizedTest
    @MethodSource("heads")
    void aForeignHeaderIsDetected(String head) {
        assertThatIOException().isThrownBy(() -> SpoolFile.decode((head + "\nbody").getBytes(UTF_8), 0));
    }

    static Stream<Batch> batchesWithAFalseHead() throws IOException {
        Batch good = batch("a line", "another");
        byte[] plain = good.plain();
        byte[] empty = "{\"lines\":[]}".getBytes(UTF_8);
        return Stream.of(
                new Batch(good.body(), true, 3, good.uncompressed(), 0, null),
                new Batch(good.body(), true, 1, good.uncompressed(), 0, null),
                new Batch(good.body(), true, Integer.MAX_VALUE, good.uncompressed(), 0, null),
                new Batch(good.body(), true, 2, good.uncompressed() - 1, 0, null),
                new Batch(good.body(), true, 2, good.uncompressed() + 1, 0, null),
                new Batch(good.body(), true, 2, Integer.MAX_VALUE, 0, null),
                new Batch(good.body(), false, 2, good.uncompressed(), 0, null),
                new Batch(plain, true, 2, plain.length, 0, null),
                new Batch(new byte[0], false, 1, 1, 0, null),
                new Batch(new byte[0], true, 1, 1, 0, null),
                new Batch(empty, false, 1, empty.length, 0, null),
                new Batch("{\"lines\":[1".getBytes(UTF_8), false, 1, 11, 0, null),
                new Batch("{\"lines\":[1}]".getBytes(UTF_8), false, 1, 13, 0, null),
                new Batch("not a batch".getBytes(UTF_8), false, 1, 11, 0, null),
                new Batch(Arrays.copyOf(good.body(), good.body().length - 6), true, 2, good.uncompressed(), 0, null),
                bomb(200 << 20),
                bomb(1_000));
    }

    /** 200 MiB of spaces in 200 KiB, with the size that its head states. */
    private static Batch bomb(int uncompressed) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(body)) {
            out.write("{\"lines\":[\"".getBytes(UTF_8));
            byte[] spaces = new byte[1 << 20];
            Arrays.fill(spaces, (byte) ' ');
            for (int i = 0; i < 200; i++) {
                out.write(spaces);
            }
            out.write("\"]}".getBytes(UTF_8));
        }
        return new Batch(body.toByteArray(), true, 1, uncompressed, 0, null);
    }

    @ParameterizedTest
    @MethodSource("batchesWithAFalseHead")
    void aFalseHeaderIsDetectedDespiteItsValidChecksum(Batch batch) throws IOException {
        byte[] file = SpoolFile.encode(batch, ORIGIN);

        assertThatIOException().isThrownBy(() -> SpoolFile.decode(file, 0));
    }

    /** Decoding returns the batch that was encoded, for any lines; anything else is rejected. */
    @Property
    void eachBatchComesBack(@ForAll @Size(min = 1, max = 20) List<@AlphaChars String> lines, @ForAll boolean gzip)
            throws IOException {
        OpenBatch open = new OpenBatch(gzip);
        for (String line : lines) {
            byte[] bytes = TestLines.line(line);
            open.add(bytes, 0, bytes.length, 1);
        }
        Batch batch = open.close(1, null);

        Batch read = SpoolFile.decode(SpoolFile.encode(batch, ORIGIN), 7);

        assertThat(read.body()).isEqualTo(batch.body());
        assertThat(read.lines()).isEqualTo(lines.size());
        assertThat(read.uncompressed()).isEqualTo(batch.uncompressed());
    }

    @Property
    void throwsNothingElseForAnyBodyWithAValidChecksum(
            @ForAll byte[] body, @ForAll boolean gzip, @ForAll int lines, @ForAll int uncompressed) throws IOException {
        byte[] file = SpoolFile.encode(new Batch(body, gzip, lines, uncompressed, 0, null), ORIGIN);

        assertThatIOException().isThrownBy(() -> SpoolFile.decode(file, 0));
    }

    // The directory

    /** Something in the place of a batch, between two good ones. */
    private interface Damage {
        void put(Path file) throws IOException;
    }

    static Stream<Damage> damages() {
        return Stream.of(
                file -> Files.write(file, new byte[0]),
                file -> Files.write(file, new byte[100_000]),
                file -> Files.writeString(file, "{\"format\":1,\"lines\":2147483647}\n"),
                Files::createDirectory,
                file -> Files.createDirectories(file.resolve("with").resolve("content")),
                file -> Files.createSymbolicLink(file, Path.of("/dev/zero")),
                file -> Files.createSymbolicLink(file, Path.of("nowhere")),
                file -> Files.createSymbolicLink(
                        file, file.resolveSibling("0000000000000001-1_0000000000000001.batch")),
                DamagedSpoolTest::pipe,
                DamagedSpoolTest::sparse);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void anInvalidFileIsSetAsideOnceAndTheOthersAreDelivered(Damage damage) throws IOException {
        Path place = placeOfAnEarlierProcess();
        Files.delete(place.resolve(DAMAGED_NAME));
        damage.put(place.resolve(DAMAGED_NAME));

        BatchStore second = store("2", Long.MAX_VALUE);
        second.add(batch("new"));
        assertThat(drain(second)).containsExactly("first", "third", "new");
        second.close(PATIENCE);
        BatchStore third = store("3", Long.MAX_VALUE);
        third.add(batch("newer"));
        assertThat(drain(third)).containsExactly("newer");

        assertThat(observer.events).hasSize(1).allMatch(words -> words.contains(DAMAGED_NAME));
        assertThat(Files.exists(
                        directory.resolve("logdna/0000000000000003-1").resolve(DAMAGED_NAME + ".damaged"),
                        java.nio.file.LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void filesSetAsideStillCountAndMissingFilesDoNot() throws IOException {
        Path place = placeOfAnEarlierProcess();
        Files.write(place.resolve(DAMAGED_NAME), new byte[50_000]);
        BatchStore store = store("2", 1 << 20);
        store.add(batch("new"));
        assertThat(store.bytesOnDisk()).isGreaterThan(50_000);
        Files.delete(directory.resolve("logdna/0000000000000002-1/0000000000000001-1_0000000000000003.batch"));

        assertThat(drain(store)).containsExactly("first", "new");

        assertThat(store.bytesOnDisk()).isEqualTo(50_000);
    }

    @Test
    void aHugeFileThatWasSetAsideDoesNotDisableTheSpool() throws IOException {
        Path place = placeOfAnEarlierProcess();
        for (int i = 0; i < 50; i++) {
            Path file = place.resolve("0000000000000001-1_00000000000001%02d.batch.damaged".formatted(i));
            try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(1L << 40);
            }
        }
        Files.write(place.resolve("foreign"), new byte[2 << 20]);
        BatchStore store = store("2", 1 << 20);

        assertThat(store.add(batch("new"))).as("held in memory").isZero();

        assertThat(store.isFull()).isFalse();
        assertThat(store.bytesOnDisk()).isBetween(1L << 18, 1L << 19);
        assertThat(drain(store)).containsExactly("first", "second", "third", "new");
    }

    @Test
    void keepsALimitedNumberOfDamagedFiles() throws IOException {
        BatchStore first = store("1", 1 << 20);
        for (int i = 0; i < 120; i++) {
            first.add(batch("line " + i));
        }
        first.close(PATIENCE);
        try (Stream<Path> files = Files.list(directory.resolve("logdna/0000000000000001-1"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".batch")).toList()) {
                Files.writeString(file, "damaged");
            }
        }
        BatchStore store = store("2", 1 << 20);
        store.maintain(0);

        assertThat(drain(store)).isEmpty();

        try (Stream<Path> files = Files.list(directory.resolve("logdna/0000000000000002-1"))) {
            assertThat(files.filter(each -> each.toString().endsWith(".damaged")))
                    .hasSize(100);
        }
        assertThat(store.bytesOnDisk()).isEqualTo(100L * "damaged".length());
        assertThat(observer.events).hasSize(120).allMatch(words -> words.startsWith("DAMAGED"));
    }

    @Test
    void doesNotTouchFilesWithForeignNames() throws IOException {
        Path place = placeOfAnEarlierProcess();
        byte[] whole = Files.readAllBytes(place.resolve(DAMAGED_NAME));
        List<String> strangers = List.of(
                "1_9223372036854775807.batch",
                "9_99999999999999999999999999999999.batch",
                ".batch",
                "notes.txt",
                "precious.tmp",
                "0000000000000001-1_0000000000000009.batch\n\u001b[2J",
                "0000000000000001-1_0000000000000009.batch.damaged.tmp");
        for (String stranger : strangers) {
            Files.write(place.resolve(stranger), whole);
        }
        Files.createDirectories(place.resolve("0000000000000001-1_0000000000000009.batch.tmp/x"));
        Files.write(place.resolve("0000000000000001-1_0000000000000008.batch.tmp"), whole);

        BatchStore store = store("2", 1 << 20);
        store.add(batch("new"));

        assertThat(drain(store)).containsExactly("first", "second", "third", "new");
        assertThat(observer.events).hasSize(strangers.size() + 1).allMatch(words -> words.startsWith("FOREIGN"));
        for (String stranger : strangers) {
            assertThat(place.resolve(stranger)).hasBinaryContent(whole);
        }
        assertThat(place.resolve("0000000000000001-1_0000000000000008.batch.tmp"))
                .as("what a process has not finished")
                .doesNotExist();
    }

    @Test
    void doesNotTouchEntriesThatAreNotPlaces() throws IOException {
        placeOfAnEarlierProcess();
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("lock"), "");
        Files.writeString(elsewhere.resolve("precious.txt"), "mine");
        Files.writeString(elsewhere.resolve("precious.batch.tmp"), "mine");
        Path spool = directory.resolve("logdna");
        Path link = Files.createSymbolicLink(spool.resolve("0000000000000000-1"), elsewhere);
        Files.createDirectories(spool.resolve("0-other"));
        Files.writeString(spool.resolve("0-other/lock"), "");
        Files.writeString(spool.resolve("0-other/precious.txt"), "mine");
        Files.writeString(spool.resolve("0-file"), "mine");
        Path withLink = Files.createDirectories(spool.resolve("0000000000000000-2"));
        Files.createSymbolicLink(withLink.resolve("lock"), elsewhere.resolve("lock"));
        Files.writeString(withLink.resolve("precious.txt"), "mine");

        BatchStore store = store("2", 1 << 20);
        assertThat(store.add(batch("new"))).isZero();

        assertThat(drain(store)).containsExactly("first", "second", "third", "new");
        assertThat(elsewhere.resolve("precious.txt")).hasContent("mine");
        assertThat(spool.resolve("0-other/precious.txt")).hasContent("mine");
        assertThat(spool.resolve("0-file")).hasContent("mine");
        assertThat(elsewhere.resolve("precious.batch.tmp")).hasContent("mine");
        assertThat(elsewhere.resolve("lock")).exists();
        assertThat(withLink.resolve("precious.txt")).hasContent("mine");
        assertThat(link).isSymbolicLink();
        assertThat(observer.events).hasSize(4).allMatch(words -> words.startsWith("FOREIGN"));
    }

    /** Three batches of a line each: first, second, third. */
    private Path placeOfAnEarlierProcess() {
        BatchStore store = store("1", 1 << 20);
        store.add(batch("first"));
        store.add(batch("second"));
        store.add(batch("third"));
        store.close(PATIENCE);
        return directory.resolve("logdna/0000000000000001-1");
    }

    private BatchStore store(String place, long maxSize) {
        return BatchStore.of(
                new SpoolSettings(directory.resolve("logdna"), maxSize, "000000000000000" + place + "-1", () -> ORIGIN),
                1, // no two batches in one file
                observer,
                new Counters(() -> 0),
                budget,
                () -> 7,
                () -> {});
    }

    private static byte[] file() throws IOException {
        return SpoolFile.encode(batch("a line", "and another, which is a little longer", "é"), ORIGIN);
    }

    /** Opening it blocks until another process writes. */
    private static void pipe(Path file) throws IOException {
        try {
            assumeThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                    .isZero();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** More than an array may hold. */
    private static void sparse(Path file) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(4L << 30);
        }
    }
}
