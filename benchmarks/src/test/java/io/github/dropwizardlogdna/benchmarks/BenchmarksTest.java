package io.github.dropwizardlogdna.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.benchmarks.receiver.KeyStoreFile;
import io.github.dropwizardlogdna.benchmarks.service.ServiceBenchmark;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Keeps the programs from rotting. Whether anything is fast is no matter of a test. */
@Execution(ExecutionMode.CONCURRENT)
class BenchmarksTest {

    @BeforeAll
    static void runBesideAnotherBuild() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @TempDir
    private Path directory;

    @Test
    void measuresAProcess() throws Exception {
        Load load = new Load(2, 2_000, 0.5);

        ProcessRun.Result result = new ProcessRun.Order(Contender.LOGDNA_BLOCKING, load, 0.2, null).run(List.of());

        assertThat(result.delivered()).isEqualTo(result.offered()).isPositive();
        assertThat(result.receiver().arrivalP50()).isPositive();
        assertThat(result.cpuNanosPerLine()).isPositive();
    }

    @Test
    void measuresAProcessOverTls() throws Exception {
        Load load = new Load(2, 2_000, 0.5);

        ProcessRun.Result result =
                new ProcessRun.Order(Contender.LOGDNA_BLOCKING, load, 0.2, KeyStoreFile.make()).run(List.of());

        assertThat(result.delivered()).isEqualTo(result.offered()).isPositive();
    }

    @Test
    void measuresAService() throws Exception {
        Settings settings = new Settings(List.of(
                "--pairs", "1", "--seconds", "0.5", "--warm-up", "0.5", "--contenders", "logdna", "--rate", "100"));

        assertThat(ServiceBenchmark.load(settings))
                .containsPattern("\\| logdna \\| 100.00 \\|")
                .containsPattern("requests/s, of no appender's \\(logdna\\) .* too few pairs");
        assertThat(ServiceBenchmark.cold(settings)).containsPattern("\\| logdna \\| [1-9][0-9,]* \\|");
    }

    @Test
    void measuresIdleTime() throws Exception {
        Settings settings = new Settings(List.of("--idle", "0.5", "--contenders", "logdna"));

        assertThat(IdleBenchmark.run(settings)).containsPattern("\\| logdna \\| -?[0-9.]+ \\| -?[0-9.]+ ms");
    }

    @Test
    void measuresABacklog() throws Exception {
        Backlog.Result result = Backlog.Result.of(1, 0.2);

        assertThat(result.lost()).isZero();
        assertThat(result.logNanos()).isPositive();
        assertThat(result.deliverNanos()).isPositive();
    }

    @Test
    void measuresTheLoggingThread() throws Exception {
        String log = directory.resolve("jmh.log").toString();
        Settings settings = new Settings(List.of("--short", "true", "--contenders", "logdna", "--jmh-log", log));

        String table = LoggingThreadBenchmark.table(settings);

        for (String kind : List.of("MDC", "REQUEST")) {
            assertThat(table).containsPattern("\\| logdna \\| " + kind + " \\| 1 \\| .* \\| [1-9][0-9,]* \\| 0 \\|");
        }
    }
}
