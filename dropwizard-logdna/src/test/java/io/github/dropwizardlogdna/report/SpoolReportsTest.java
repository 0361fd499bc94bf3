package io.github.dropwizardlogdna.report;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.dropwizard.logging.common.LoggingUtil;
import io.github.dropwizardlogdna.shipping.SpoolProblem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolReportsTest {

    private final AtomicLong now = new AtomicLong();
    private final SpoolReports reports = new SpoolReports("logdna", now::get, Runnable::run);
    private final ListAppender<ILoggingEvent> recorder = new ListAppender<>();
    private final LoggerContext context = LoggingUtil.getLoggerContext();
    private final Logger logger = context.getLogger(ReportLog.LOGGER);

    @BeforeEach
    void capture() {
        logger.setLevel(Level.INFO);
        recorder.setContext(context);
        recorder.start();
        logger.addAppender(recorder);
    }

    @AfterEach
    void release() {
        logger.detachAppender(recorder);
    }

    private List<String> said() {
        ReportLog.awaitWritten();
        return recorder.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void noKindOfProblemSuppressesAnother() {
        for (SpoolProblem problem : SpoolProblem.values()) {
            reports.report(problem, "/spool/" + problem, "why");
        }

        assertThat(said()).hasSize(SpoolProblem.values().length).doesNotHaveDuplicates();
        for (SpoolProblem problem : SpoolProblem.values()) {
            assertThat(said())
                    .filteredOn(words -> words.contains("/spool/" + problem))
                    .hasSize(1);
        }
    }

    @Test
    void reportsTheNumberOfSuppressedProblems() {
        for (int i = 0; i < 13; i++) {
            reports.report(SpoolProblem.DAMAGED, "/spool/file-" + i, "why");
        }
        assertThat(said()).hasSize(1).allMatch(words -> words.contains("file-0 in the spool"));

        now.addAndGet(Duration.ofMinutes(1).toNanos());
        reports.report(SpoolProblem.DAMAGED, "/spool/file-13", "why");

        assertThat(said()).hasSize(2);
        assertThat(said().get(1)).contains("file-13 (and 12 more) in the spool");
    }

    @Test
    void reportsSuppressedProblemsAtTheEnd() {
        for (int i = 0; i < 3; i++) {
            reports.report(SpoolProblem.DAMAGED, "/spool/file-" + i, "why");
        }
        reports.report(SpoolProblem.FOREIGN, "/spool/foreign", "");

        reports.end();
        reports.end();

        assertThat(said()).hasSize(3);
        assertThat(said().get(2)).contains("file-2 (and 1 more) in the spool");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nERROR [2026-01-01] forged",
                "a\r\u001b[2J",
                "a\u0085b",
                "a\u009b2J",
                "a\u2028b\u2029c",
                "a\u202eb",
                "a\ud800b"
            })
    void aNameCannotForgeALineOnTheConsole(String name) {
        reports.report(SpoolProblem.FOREIGN, "/spool/" + name, name);

        assertThat(said()).hasSize(1);
        assertThat(said().get(0).chars())
                .noneMatch(each -> Character.isISOControl(each)
                        || Character.getType(each) == Character.FORMAT
                        || Character.getType(each) == Character.SURROGATE
                        || each == 0x2028
                        || each == 0x2029);
        assertThat(said().get(0)).contains("/spool/a?");
    }

    @Test
    void aLongNameIsCut() {
        reports.report(SpoolProblem.FOREIGN, "/spool/" + "x".repeat(100_000), "");

        assertThat(said().get(0)).hasSizeLessThan(2_000);
    }
}
