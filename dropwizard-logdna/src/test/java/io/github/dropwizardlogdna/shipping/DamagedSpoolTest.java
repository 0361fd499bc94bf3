package io.github.dropwizardlogdna.shipping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.dropwizardlogdna.ingestion.Origin;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is found in a spool: nothing is thrown, what is damaged is set aside once, and what is good is delivered. */
class DamagedSpoolTest {

    private static final Origin ORIGIN = new Origin("web-1", "10.0.0.1", null, List.of("a", "b{}"));
    private static final String DAMAGED_NAME = "1_0000000000000002.batch";

    @TempDir
    private Path directory;

    private final RecordingObserver observer = new RecordingObserver();

    // The form of a file

    @Property(tries = 500)
    void noBytesMakeItThrowAnythingElse(@ForAll byte[] bytes) {
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
    void everyCutAndEverythingThatWasAppendedIsFound() throws IOException {
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
    void aHeadThatIsNotOursIsFound(String head) {
        assertThatIOException().isThrownBy(() -> SpoolFile.decode((head + "\nbody").getBytes(UTF_8), 0));
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
                file -> Files.createSymbolicLink(file, file.resolveSibling("1_0000000000000001.batch")),
                DamagedSpoolTest::pipe,
                DamagedSpoolTest::sparse);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void whatIsNoBatchIsSetAsideOnceAndTheOthersAreDelivered(Damage damage) throws IOException {
        Path place = placeOfAnEarlierProcess();
        Files.delete(place.resolve(DAMAGED_NAME));
        damage.put(place.resolve(DAMAGED_NAME));

        BatchStore second = store("2", Long.MAX_VALUE);
        second.add(batch("new"));
        assertThat(drain(second)).containsExactly("first", "third", "new");
        second.close();
        BatchStore third = store("3", Long.MAX_VALUE);
        third.add(batch("newer"));
        assertThat(drain(third)).containsExactly("newer");

        assertThat(observer.told).hasSize(1).allMatch(words -> words.contains(DAMAGED_NAME));
        assertThat(Files.exists(
                        directory.resolve("logdna/3").resolve(DAMAGED_NAME + ".damaged"),
                        java.nio.file.LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void whatWasSetAsideGoesOnCountingAndWhatHasVanishedDoesNot() throws IOException {
        Path place = placeOfAnEarlierProcess();
        Files.write(place.resolve(DAMAGED_NAME), new byte[50_000]);
        BatchStore store = store("2", 1 << 20);
        store.add(batch("new"));
        assertThat(store.bytesOnDisk()).isGreaterThan(50_000);
        Files.delete(directory.resolve("logdna/2/1_0000000000000003.batch"));

        assertThat(drain(store)).containsExactly("first", "new");

        assertThat(store.bytesOnDisk()).isEqualTo(50_000);
    }

    @Test
    void takesNoOffenceAtStrangeNames() throws IOException {
        Path place = placeOfAnEarlierProcess();
        byte[] whole = Files.readAllBytes(place.resolve(DAMAGED_NAME));
        Files.write(place.resolve("1_9223372036854775807.batch"), whole);
        Files.write(place.resolve("9_99999999999999999999999999999999.batch"), whole);
        Files.write(place.resolve(".batch"), whole);
        Files.write(place.resolve("notes.txt"), whole);
        Files.createDirectories(place.resolve("unfinished.batch.tmp/x"));

        BatchStore store = store("2", 1 << 20);
        store.add(batch("new"));

        assertThat(drain(store))
                .contains("first", "second", "third")
                .endsWith("new")
                .hasSize(7);
        assertThat(observer.told).hasSize(1).allMatch(words -> words.contains("2 files"));
    }

    @Test
    void leavesAloneWhatIsNoPlace() throws IOException {
        placeOfAnEarlierProcess();
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("lock"), "");
        Files.writeString(elsewhere.resolve("precious.txt"), "mine");
        Path spool = directory.resolve("logdna");
        Files.createSymbolicLink(spool.resolve("0-link"), elsewhere);
        Files.createDirectories(spool.resolve("0-other/lock"));
        Files.writeString(spool.resolve("0-other/precious.txt"), "mine");
        Files.writeString(spool.resolve("0-file"), "mine");

        BatchStore store = store("2", 1 << 20);
        assertThat(store.add(batch("new"))).isZero();

        assertThat(drain(store)).containsExactly("first", "second", "third", "new");
        assertThat(elsewhere.resolve("precious.txt")).hasContent("mine");
        assertThat(spool.resolve("0-other/precious.txt")).hasContent("mine");
        assertThat(spool.resolve("0-file")).hasContent("mine");
    }

    /** Three batches of a line each: first, second, third. */
    private Path placeOfAnEarlierProcess() {
        BatchStore store = store("1", 1 << 20);
        store.add(batch("first"));
        store.add(batch("second"));
        store.add(batch("third"));
        store.close();
        return directory.resolve("logdna/1");
    }

    private BatchStore store(String place, long maxSize) {
        return BatchStore.inDirectory(
                new SpoolSettings(directory.resolve("logdna"), maxSize, place, () -> ORIGIN),
                observer,
                new Ledger(),
                () -> 7);
    }

    private static byte[] file() throws IOException {
        return SpoolFile.encode(batch("a line", "and another, which is a little longer", "é"), ORIGIN);
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

    /** Who opens it waits until somebody writes. */
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
