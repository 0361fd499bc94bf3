package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.appender.HeapShare;
import io.github.dropwizardlogdna.testing.ChildJvm;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default of {@code bufferSize}, and what it is good for: an outage under load in a small heap. */
class SmallHeapTest {

    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void threeAppendersWithDefaultsSurviveAnOutageInAHeapOf64Megabytes() throws Exception {
        List<String> options = List.of("-Xmx64m");
        try (ChildJvm child = ChildJvm.start(
                directory,
                options,
                SmallHeapProgram.class,
                "ingestionKey: 0123456789abcdef",
                "endpoint: " + MisbehavingServer.refusing(),
                "shutdownTimeout: 10ms")) {
            assertThat(child.awaitExit()).as(child.toString()).isZero();

            assertThat(child.stdout().lines().filter(line -> line.startsWith("state")))
                    .hasSize(3)
                    // The notices of missing lines are lines, too.
                    .allMatch(
                            line -> line.matches("state RETRYING, errors 0, counted 6666[67]\\d, failed 0, held true"));
            assertThat(child.toString()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void theDefaultIsASixteenthOfTheHeapWithinBounds() {
        assertThat(HeapShare.defaultBufferSize(256 * MEBIBYTE, 2 * MEBIBYTE)).isEqualTo(16 * MEBIBYTE);
        assertThat(HeapShare.defaultBufferSize(60 * MEBIBYTE, 2 * MEBIBYTE)).isEqualTo(4 * MEBIBYTE);
        assertThat(HeapShare.defaultBufferSize(60 * MEBIBYTE, 9 * MEBIBYTE)).isEqualTo(18 * MEBIBYTE);
        assertThat(HeapShare.defaultBufferSize(Long.MAX_VALUE, 2 * MEBIBYTE)).isEqualTo(32 * MEBIBYTE);
    }
}
