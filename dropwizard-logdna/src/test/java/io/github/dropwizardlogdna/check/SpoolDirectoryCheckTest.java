package io.github.dropwizardlogdna.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolDirectoryCheckTest {

    @TempDir
    private Path directory;

    @Test
    void leavesNoFiles() {
        Path spool = directory.resolve("a/b/c");

        assertThat(SpoolDirectoryCheck.problem(spool)).isEmpty();
        assertThat(SpoolDirectoryCheck.tryWriting(spool).passed()).isTrue();

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void refusesAFileAndADirectoryThatCannotBeCreated() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Path nowhere = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));

        assertThat(SpoolDirectoryCheck.problem(file))
                .contains("must be a directory: " + file + " is something else. Choose another path");
        assertThat(SpoolDirectoryCheck.problem(nowhere))
                .hasValueSatisfying(words -> assertThat(words).startsWith("must be a directory"));
        assertThat(SpoolDirectoryCheck.problem(file.resolve("spool")))
                .contains("can't be created: " + file + " is not a directory. Choose a path below one");
        assertThat(SpoolDirectoryCheck.tryWriting(file.resolve("spool")).passed())
                .isFalse();
    }

    @Test
    void takesALinkToADirectory() throws Exception {
        Path link =
                Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("volume")));

        assertThat(SpoolDirectoryCheck.problem(link)).isEmpty();
    }

    @Test
    void namesTheUserThatMayNotWrite() throws Exception {
        assumeThat(System.getProperty("user.name")).isNotEqualTo("root"); // who may write everywhere
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-x------"));

        assertThat(SpoolDirectoryCheck.problem(directory.resolve("spool")))
                .hasValueSatisfying(words -> assertThat(words)
                        .contains("the user " + System.getProperty("user.name") + " may not write to " + directory));
        assertThat(SpoolDirectoryCheck.tryWriting(directory).passed()).isFalse();
    }

    @Test
    void reportsThatOthersMayWrite() throws Exception {
        assertThat(SpoolDirectoryCheck.tryWriting(directory).words()).isEqualTo(directory + " can be written");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(SpoolDirectoryCheck.tryWriting(directory).words()).contains("other users can write to it, too");
    }

    /** Where the kernel keeps others, and root, from writing. */
    @Test
    void writesToADirectoryThatLooksWritable() {
        Path kernels = Path.of("/proc");
        assumeThat(Files.isDirectory(kernels)).isTrue();

        SpoolDirectoryCheck.Finding finding = SpoolDirectoryCheck.tryWriting(kernels);

        assertThat(finding.passed()).isFalse();
        assertThat(finding.words()).startsWith("/proc can't be written");
    }
}
