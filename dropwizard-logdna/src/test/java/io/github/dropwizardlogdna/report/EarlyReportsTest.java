package io.github.dropwizardlogdna.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class EarlyReportsTest {

    private final List<String> made = new CopyOnWriteArrayList<>();

    @Test
    void makesReportsInTheirOrderOnceLoggingIsConfigured() {
        EarlyReports reports = new EarlyReports(Duration.ofHours(1));
        reports.whenShown(() -> made.add("first"));
        reports.whenShown(() -> made.add("second"));
        reports.whenOpen(() -> made.add("line at the start"));
        assertThat(made).isEmpty();

        reports.open();
        reports.whenShown(() -> made.add("third"));

        assertThat(made).containsExactly("line at the start", "first", "second", "third");
    }

    @Test
    void withoutTheBundleAReportWaitsForATimeAndForNoOtherReport() {
        EarlyReports reports = new EarlyReports(Duration.ofMillis(50));
        reports.whenOpen(() -> made.add("line at the start"));

        reports.whenShown(() -> made.add("the endpoint can't be reached"));

        await().untilAsserted(() -> assertThat(made).containsExactly("the endpoint can't be reached"));
        reports.whenShown(() -> made.add("later"));
        assertThat(made).contains("later");
    }

    @Test
    void aShutdownMakesTheReportsThatWait() {
        EarlyReports reports = new EarlyReports(Duration.ofHours(1));
        reports.whenShown(() -> made.add("first"));

        reports.waitNoMore();

        assertThat(made).containsExactly("first");
    }

    @Test
    void keepsNoThreadAfterTheStart() {
        EarlyReports reports = new EarlyReports(Duration.ofHours(1));
        reports.whenShown(() -> {});
        reports.open();

        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("logdna-early-reports")));
    }
}
