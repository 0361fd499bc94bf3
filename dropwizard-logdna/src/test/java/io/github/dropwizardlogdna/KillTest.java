package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.Line;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code kill -9} in the middle of 200,000 lines. The number of kills is the system property {@code kills}: a few by
 * default, twenty in CI.
 */
@Timeout(120)
class KillTest {

    static final int LINES = 200_000;
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(200);
    /** For the write itself, on a machine that has other things to do. */
    private static final Duration SLACK = Duration.ofSeconds(3);
    /** A busy disk keeps up with so many. */
    private static final int FOR_A_SPOOL = 20;
    /** A busy endpoint keeps up with so many. */
    private static final int FOR_AN_ENDPOINT = 5;

    private static final Pattern PROGRESS = Pattern.compile("logged (\\d+) at (\\d+)");

    @TempDir
    private Path directory;

    static IntStream kills() {
        return IntStream.range(0, Integer.getInteger("kills", 2));
    }

    @ParameterizedTest
    @MethodSource("kills")
    void losesAtMostTheLinesOfTheLastFlushInterval(int kill) throws Exception {
        Random random = new Random(kill);
        try (LocalLogDna endpoint = LocalLogDna.start()) {
            // Sometimes the endpoint takes them, sometimes not, sometimes it hangs: what was not taken is in the spool.
            switch (kill % 3) {
                case 0 -> endpoint.answerInTurn(200, 500);
                case 1 -> endpoint.answer(503);
                default -> endpoint.hang();
            }
            long killed =
                    logUntilKilled(withSpool(endpoint), FOR_A_SPOOL, Duration.ofMillis(3_500 + random.nextInt(1_500)));
            int safe = loggedBefore(killed - FLUSH_INTERVAL.plus(SLACK).toMillis());
            assertThat(safe).as("lines that are old enough to be safe").isPositive();
            try (LocalLogDna healthy = LocalLogDna.start()) {
                recover(healthy);

                BitSet delivered = new BitSet();
                endpoint.lines()
                        .meta("logger", "killed")
                        .texts()
                        .forEach(text -> delivered.set(Integer.parseInt(text)));
                healthy.lines().meta("logger", "killed").texts().forEach(text -> delivered.set(Integer.parseInt(text)));
                assertThat(delivered.nextClearBit(0))
                        .as("first line that is missing")
                        .isGreaterThan(safe);
                assertThat(inOrder(healthy.lines().meta("logger", "killed").texts()))
                        .isTrue();
                assertThat(twice(endpoint, healthy)).isSubsetOf(lastTaken(endpoint));
            }
        }
    }

    @Test
    void withoutASpoolLosesAtMostUndeliveredLines() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start()) {
            long killed = logUntilKilled(options(endpoint, ""), FOR_AN_ENDPOINT, Duration.ofSeconds(4));
            int safe = loggedBefore(killed - FLUSH_INTERVAL.plus(SLACK).toMillis());
            assertThat(safe).as("lines that are old enough to be delivered").isPositive();

            List<String> delivered = endpoint.lines().meta("logger", "killed").texts();
            assertThat(delivered.size()).isGreaterThan(safe);
            assertThat(delivered.equals(numbers(delivered.size())))
                    .as("each once, in their order, and none missing")
                    .isTrue();
        }
    }

    private static List<String> numbers(int end) {
        return IntStream.range(0, end).mapToObj(String::valueOf).toList();
    }

    private long logUntilKilled(String options, int linesAMillisecond, Duration after) throws IOException {
        Path streams = Files.createDirectories(directory.resolve("killed"));
        List<String> rate = List.of("-Dlines-a-millisecond=" + linesAMillisecond);
        try (ChildJvm child = ChildJvm.start(streams, rate, KilledProgram.class, options, "0", String.valueOf(LINES))) {
            child.awaitOutput(Pattern.compile("logged (\\d+) at"));
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(10)).until(() -> System.nanoTime() - start > after.toNanos());
            assertThat(child.stdout()).doesNotContain("logged all");
            return System.currentTimeMillis(); // and closing kills
        }
    }

    private int loggedBefore(long millis) throws IOException {
        int last = -1;
        Matcher progress = PROGRESS.matcher(Files.readString(directory.resolve("killed/stdout")));
        while (progress.find() && Long.parseLong(progress.group(2)) < millis) {
            last = Integer.parseInt(progress.group(1));
        }
        return last;
    }

    private void recover(LocalLogDna endpoint) throws Exception {
        Path streams = Files.createDirectories(directory.resolve("recovering"));
        String next = String.valueOf(LINES);
        try (ChildJvm child = ChildJvm.start(
                streams, List.of(), KilledProgram.class, withSpool(endpoint), next, String.valueOf(LINES + 1))) {
            assertThat(child.awaitExit()).isZero();
            assertThat(endpoint.lines().meta("logger", "killed").texts())
                    .as(child.toString())
                    .endsWith(next);
        }
        assertThat(directory.resolve("spool/logdna")).isEmptyDirectory();
    }

    private String withSpool(LocalLogDna endpoint) {
        return options(endpoint, ", \"spool\": {\"directory\": \"" + directory.resolve("spool") + "\"}");
    }

    private static String options(LocalLogDna endpoint, String more) {
        return """
                {"type": "logdna", "ingestionKey": "%s", "endpoint": "%s", "flushInterval": "%dms", "batchSize": "64KiB",
                 "minRetryDelay": "10ms", "maxRetryDelay": "50ms", "timeout": "10s", "shutdownTimeout": "60s"%s}
                """.formatted(endpoint.ingestionKey(), endpoint.url(), FLUSH_INTERVAL.toMillis(), more);
    }

    /** The lines that both have taken. */
    private static Set<String> twice(LocalLogDna before, LocalLogDna after) {
        Set<String> twice =
                new HashSet<>(before.lines().meta("logger", "killed").texts());
        twice.retainAll(Set.copyOf(after.lines().meta("logger", "killed").texts()));
        return twice;
    }

    /** The batch that was perhaps not deleted yet. */
    private static List<String> lastTaken(LocalLogDna endpoint) {
        return endpoint.lines().batches().stream()
                .reduce((earlier, later) -> later)
                .map(Batch::lines)
                .orElse(List.of())
                .stream()
                .map(Line::text)
                .toList();
    }

    private static boolean inOrder(List<String> numbers) {
        int last = -1;
        for (String number : numbers) {
            int next = Integer.parseInt(number);
            if (next <= last) {
                return false;
            }
            last = next;
        }
        return true;
    }
}
