package io.github.dropwizardlogdna.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps the programs from rotting. Whether anything is fast is no matter of a test. */
class BenchmarksTest {

    @TempDir
    private Path directory;

    @Test
    void measuresAProcess() throws Exception {
        Load load = new Load(2, 2_000, 0.5);

        ProcessRun.Result result = new ProcessRun.Order(Contender.LOGDNA_BLOCKING, load, 0.2, 0).run(List.of());

        assertThat(result.delivered()).isEqualTo(result.offered()).isPositive();
        assertThat(result.receiver().arrivalP50()).isPositive();
        assertThat(result.cpuNanosPerLine()).isPositive();
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
