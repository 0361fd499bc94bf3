package io.github.dropwizardlogdna;

import static io.github.dropwizardlogdna.ChattyApplication.AUDIT;
import static io.github.dropwizardlogdna.ChattyApplication.PLAIN;
import static io.github.dropwizardlogdna.ChattyApplication.textsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A log driver that is stuck: pipes of a process that nobody reads. Neither delivery nor the end of the process waits. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
class StuckStreamsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Takes two reports: the first is being written, the second is queued. */
    private static final String STUCK_REPORTS = """
                io.github.dropwizardlogdna:
                  additive: false
                  appenders:
                    - {type: console, queueSize: 1, discardingThreshold: 0}
            """;

    @TempDir
    Path directory;

    @Test
    void deliversEvenIfNoReportCanBeWritten() throws Exception {
        // Of each appender a report for each kind of answer, and one when it delivers again.
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.answerNext(503, 503, 401, 401, 404, 404);
            try (ChildJvm child = start(endpoint, "shutdownTimeout: 30s")) {
                child.sendSigterm();

                assertThat(child.awaitExit()).isEqualTo(143);
                assertThat(endpoint.lines().meta("logger", PLAIN).texts())
                        .containsExactlyElementsOf(textsOf("run", "main", "stop"));
                assertThat(endpoint.lines().meta("logger", AUDIT).texts())
                        .containsExactlyElementsOf(textsOf("run", "main", "stop"));
            }
        }
    }

    @Test
    void endsEvenIfItsLastReportsCannotBeWritten() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(ChattyApplication.KEY)) {
            endpoint.answer(503);
            try (ChildJvm child = start(endpoint, "shutdownTimeout: 100ms")) {
                child.sendSigterm();

                assertThat(child.awaitExit()).isEqualTo(143);
            }
        }
    }

    private ChildJvm start(LocalLogDna endpoint, String option) throws IOException {
        String options = "flushInterval: 1h, minRetryDelay: 10ms, maxRetryDelay: 10ms, " + option;
        String yaml = ChattyApplication.configuration(endpoint, options)
                .replace("  loggers:\n", "  loggers:\n" + STUCK_REPORTS);
        Path file = Files.writeString(directory.resolve("config.yml"), yaml);
        Path stuck = directory.resolve("stuck");
        ChildJvm child =
                ChildJvm.startUnread(directory, StuckStreamsProgram.class, stuck.toString(), "server", file.toString());
        await().atMost(PATIENCE).until(() -> Files.exists(stuck));
        return child;
    }
}
