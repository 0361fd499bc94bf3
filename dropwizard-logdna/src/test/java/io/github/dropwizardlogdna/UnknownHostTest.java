package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.EndpointSettings;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** DNS that fails and then works: in a JVM of its own, whose names come from a file. */
@Timeout(120)
class UnknownHostTest {

    private static final String HOST = "logs.example";
    static final int LINES = UnknownHostProgram.LINES;

    @TempDir
    private Path directory;

    @Test
    void linesArriveOnceTheNameIsKnown() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
        // The JDK reads the file at each lookup, but remembers for ten seconds what was not in it.
        List<String> jvm = List.of("-Djdk.net.hosts.file=" + hosts, "-Dsun.net.inetaddr.negative.ttl=0");
        try (LocalLogDna endpoint = LocalLogDna.start(EndpointSettings.onPort(0).withHosts(Set.of(HOST)));
                ChildJvm child = ChildJvm.start(directory, jvm, UnknownHostProgram.class, options(endpoint))) {
            String failed = child.awaitOutput(Pattern.compile("failed: (.+)"));
            assertThat(failed).startsWith("unknown host " + HOST);
            Path known = Files.writeString(directory.resolve("known"), "127.0.0.1 " + HOST + "\n");
            Files.move(known, hosts, StandardCopyOption.ATOMIC_MOVE);

            child.endInput();

            assertThat(child.awaitExit()).as(child.toString()).isZero();
            assertThat(child.stdout()).contains("accepted " + LINES + ", delivered " + LINES);
            assertThat(endpoint.lines().meta("logger", "Orders").texts())
                    .isEqualTo(
                            IntStream.range(0, LINES).mapToObj(String::valueOf).toList());
        }
    }

    private static String[] options(LocalLogDna endpoint) {
        return new String[] {
            "ingestionKey: " + endpoint.ingestionKey(),
            "endpoint: " + endpoint.url().replace("localhost", HOST),
            "hostname: here",
            "flushInterval: 50ms",
            "minRetryDelay: 5ms",
            "maxRetryDelay: 50ms",
            "shutdownTimeout: 60s"
        };
    }
}
