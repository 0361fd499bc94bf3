package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.testing.ChildJvm;
import io.github.dropwizardlogdna.testing.RecordingEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** DNS that fails and then works: in a JVM of its own, whose names come from a file. */
@Timeout(120)
class UnknownHostTest {

    static final int LINES = UnknownHostProgram.LINES;

    @TempDir
    private Path directory;

    @Test
    void linesArriveOnceTheNameIsKnown() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
        // The JDK reads the file at each lookup, but remembers for ten seconds what was not in it.
        List<String> jvm = List.of("-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.negative.ttl=0");
        try (RecordingEndpoint endpoint = RecordingEndpoint.start();
                ChildJvm child = ChildJvm.start(directory, jvm, UnknownHostProgram.class, options(endpoint))) {
            String failed = child.awaitOutput(Pattern.compile("failed: (.+)"));
            assertThat(failed).startsWith("unknown host logs.example");
            Path known = Files.writeString(directory.resolve("known"), "127.0.0.1 logs.example\n");
            Files.move(known, hosts, StandardCopyOption.ATOMIC_MOVE);

            child.endInput();

            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(child.stdout()).contains("accepted " + LINES + ", delivered " + LINES);
            assertThat(endpoint.textsOf("Orders"))
                    .isEqualTo(
                            IntStream.range(0, LINES).mapToObj(String::valueOf).toList());
        }
    }

    private static String[] options(RecordingEndpoint endpoint) {
        return new String[] {
            "ingestionKey: 0123456789abcdef",
            "endpoint: " + endpoint.url().replace("localhost", "logs.example"),
            "hostname: here",
            "flushInterval: 50ms",
            "minRetryDelay: 5ms",
            "maxRetryDelay: 50ms",
            "shutdownTimeout: 60s"
        };
    }
}
