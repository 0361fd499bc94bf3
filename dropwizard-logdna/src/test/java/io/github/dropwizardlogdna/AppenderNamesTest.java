package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.logging.common.LoggingUtil;
import io.github.dropwizardlogdna.config.DeclaredAppenders;
import io.github.dropwizardlogdna.report.ReportedAppender;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What appenders are called, and whose spool is whose. */
class AppenderNamesTest {

    private static final String UNNAMED = "{type: logdna, ingestionKey: key, endpoint: 'http://localhost:9'";

    @TempDir
    Path directory;

    private LoggingFactory logging = new DefaultLoggingFactory();

    @BeforeEach
    void forgetOtherTests() {
        DeclaredAppenders.clear();
    }

    @AfterEach
    void stop() {
        logging.stop();
        logging.reset();
    }

    private void configure(String loggers, String appenders) throws Exception {
        logging = ConfigurationFile.read(
                        "logging: {level: INFO, loggers: {%s}, appenders: [%s]}".formatted(loggers, appenders))
                .getLoggingFactory();
        logging.configure(new MetricRegistry(), "orders");
    }

    private static List<String> namesOf(String logger) {
        List<String> names = new ArrayList<>();
        LoggingUtil.getLoggerContext().getLogger(logger).iteratorForAppenders().forEachRemaining(appender -> {
            if (appender instanceof ReportedAppender) {
                names.add(appender.getName());
            }
        });
        return names;
    }

    private static String ofLogger(String logger, String... appenders) {
        return logger + ": {appenders: [" + String.join(", ", appenders) + "]}";
    }

    private String spooling(String more) {
        return UNNAMED + ", shutdownTimeout: 10ms, spool: {directory: '" + directory + "'}" + more + "}";
    }

    @Test
    void anAppenderOfALoggerTakesNoNameFromThoseOfTheRoot() throws Exception {
        configure(ofLogger("audit", UNNAMED + "}"), UNNAMED + "}, " + UNNAMED + "}");

        assertThat(namesOf("ROOT")).containsExactly("logdna", "logdna-3");
        assertThat(namesOf("audit")).containsExactly("logdna-2");
    }

    @Test
    void anAppenderOfALoggerHasTheUsualNameIfItIsAlone() throws Exception {
        configure(ofLogger("audit", UNNAMED + "}"), "{type: console}");

        assertThat(namesOf("audit")).containsExactly("logdna");
    }

    @Test
    void aNameIsTakenByOneAppenderOnly() throws Exception {
        configure(ofLogger("audit", UNNAMED + "}"), UNNAMED + ", name: main}, " + UNNAMED + ", enabled: false}");

        assertThat(namesOf("ROOT")).containsExactly("main");
        assertThat(namesOf("audit")).containsExactly("logdna");
    }

    @Test
    void aSpoolOfTheRootKeepsItsNameIfAppendersAreAdded() throws Exception {
        configure(ofLogger("audit", UNNAMED + "}"), spooling(""));

        assertThat(namesOf("ROOT")).containsExactly("logdna");
    }

    @Test
    void aSpoolWhoseNameWouldDependOnOthersIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configure(ofLogger("audit", spooling("")), spooling("")))
                .withMessageContaining("name must be set to one of its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configure("", UNNAMED + "}, " + spooling("")))
                .withMessageContaining("name must be set to one of its own");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configure("", spooling(", name: a") + ", " + spooling(", name: a")))
                .withMessageContaining("a is the name of another appender");
    }

    @Test
    void spoolsWithDifferentNamesShareADirectory() throws Exception {
        configure(ofLogger("audit", spooling(", name: audit")), spooling(""));

        assertThat(namesOf("ROOT")).containsExactly("logdna");
        assertThat(namesOf("audit")).containsExactly("audit");
    }

    @Test
    void readingAConfigurationAgainChangesNoName() throws Exception {
        configure("", UNNAMED + "}");
        logging.configure(new MetricRegistry(), "orders");

        assertThat(namesOf("ROOT")).containsExactly("logdna");
    }
}
