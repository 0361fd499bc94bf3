package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both kinds of directories do the same. The system on which the tests run offers only one of them by itself. */
class SpoolDirectoryTest {

    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ);

    @TempDir
    private Path path;

    private enum Kind implements SpoolDirectory.Opener {
        USUAL {
            @Override
            public SpoolDirectory open(Path path) throws IOException {
                return SpoolDirectory.open(path);
            }
        },
        PLAIN {
            @Override
            public SpoolDirectory open(Path path) throws IOException {
                return new PlainSpoolDirectory(path);
            }
        }
    }

    private static void write(SpoolDirectory directory, String name, String text) throws IOException {
        try (FileChannel channel = directory.open(name, NEW)) {
            channel.write(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void writesReadsAndDeletesFiles(Kind kind) throws IOException {
        try (SpoolDirectory directory = kind.open(path)) {
            write(directory, "b", "text");
            write(directory, "a", "");

            assertThat(directory.names()).containsExactly("a", "b");
            assertThat(path.resolve("b")).hasContent("text");
            try (FileChannel channel = directory.open("b", READ)) {
                assertThat(channel.size()).isEqualTo(4);
            }
            SpoolDirectory.Entry entry = directory.entry("b");
            assertThat(entry.isFile()).isTrue();
            assertThat(entry.isDirectory()).isFalse();
            assertThat(entry.size()).isEqualTo(4);
            assertThat(entry.key())
                    .isNotNull()
                    .isNotEqualTo(directory.entry("a").key());
            assertThat(directory.entry("none")).isNull();
            assertThatThrownBy(() -> directory.open("none", READ)).isInstanceOf(NoSuchFileException.class);

            directory.delete("b");
            directory.delete("b");
            assertThat(directory.names()).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource
    void makesOpensAndDeletesDirectories(Kind kind) throws IOException {
        try (SpoolDirectory directory = kind.open(path)) {
            directory.makeDirectory("child");
            directory.makeDirectory("child");
            write(directory, "file", "");

            assertThat(directory.entry("child").isDirectory()).isTrue();
            assertThat(directory.self().isDirectory()).isTrue();
            assertThatThrownBy(() -> directory.directory("file")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> directory.directory("none")).isInstanceOf(IOException.class);
            try (SpoolDirectory child = directory.directory("child")) {
                assertThat(child.self().key())
                        .isEqualTo(directory.entry("child").key());
                directory.move("file", child, "moved");
                assertThat(child.names()).containsExactly("moved");
                assertThat(directory.names()).containsExactly("child");
                assertThatThrownBy(() -> directory.deleteDirectory("child"))
                        .as("it is not empty")
                        .isInstanceOf(IOException.class);
                child.delete("moved");
            }
            directory.deleteDirectory("child");
            directory.deleteDirectory("child");
            assertThat(directory.names()).isEmpty();
            assertThat(directory.usableSpace()).isPositive();
            assertThat(directory).hasToString(path.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatItMakesIsReadableByItsOwnerOnly(Kind kind) throws IOException {
        assumeThat(path.getFileSystem().supportedFileAttributeViews()).contains("posix");
        try (SpoolDirectory directory = kind.open(path)) {
            write(directory, "file", "");
            directory.makeDirectory("child");

            assertThat(directory.entry("file").permissions()).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(directory.entry("child").permissions()).isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(directory.entry("child").mayBeWrittenByOthers()).isFalse();
            assertThat(directory.self().owner()).isEqualTo(Files.getOwner(path).getName());
            Files.setPosixFilePermissions(path.resolve("child"), PosixFilePermissions.fromString("rwxrwx---"));
            assertThat(directory.entry("child").mayBeWrittenByOthers()).isTrue();
            Files.setPosixFilePermissions(path.resolve("child"), PosixFilePermissions.fromString("rwx----w-"));
            assertThat(directory.entry("child").mayBeWrittenByOthers()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noticesThatAPathIsNoDirectory(Kind kind) throws IOException {
        Path file = Files.writeString(path.resolve("file"), "");
        assertThatThrownBy(() -> kind.open(file).names()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> kind.open(path.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aSpoolKeepsAndDeliversBatchesInIt(Kind kind) {
        BatchStore first = store(kind, 1);
        first.add(TestLines.batch("delivered"));
        first.add(TestLines.batch("kept"));
        first.claim(0);
        first.remove(0);
        assertThat(first.close(Duration.ofMinutes(1).toNanos())).isEqualTo(1);

        BatchStore next = store(kind, 2);
        next.maintain(0);

        assertThat(TestLines.drain(next)).containsExactly("kept");
        next.close(Duration.ofMinutes(1).toNanos());
        assertThat(path.resolve("logdna")).isEmptyDirectory();
    }

    private BatchStore store(Kind kind, int process) {
        return new DirectoryBatchStore(
                new SpoolSettings(
                        path.resolve("logdna"),
                        1 << 20,
                        "%016d-1".formatted(process),
                        () -> new HostInfo("web-1", null, null, List.of())),
                64 * 1024,
                new RecordingObserver(),
                new Counters(() -> 0),
                new Budget(new BufferLimits(65_536, 32 << 20, 0, 0)),
                () -> 0,
                () -> {},
                kind);
    }
}
