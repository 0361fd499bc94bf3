package io.github.dropwizardlogdna.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportedLossesTest {

    private static final String OUT = """
            WARN  [2026-01-01 00:00:00,000] io.github.dropwizardlogdna: Appender 'unspooled': 1 line was dropped (refused), because
            WARN  [2026-01-01 00:01:00,000] io.github.dropwizardlogdna: Appender 'unspooled': 20 lines were dropped (too-large), because
            WARN  [2026-01-01 00:01:00,000] io.github.dropwizardlogdna: Appender 'spooled': 300 lines were dropped (failed), because
            """;
    private static final String LAST = """
            ERROR io.github.dropwizardlogdna: Appender 'unspooled': before the end 4000 lines were dropped (refused), because
            ERROR io.github.dropwizardlogdna: Appender 'unspooled': before the end 50000 lines were dropped (full), because
            ERROR io.github.dropwizardlogdna: Appender 'unspooled': 600000 lines were abandoned, because
            INFO io.github.dropwizardlogdna: Appender 'unspooled': 7000000 lines are kept in the spool
            """;

    @Test
    void sumsUpTheReportsOfBothStreams() {
        assertThat(ReportedLosses.in(OUT, LAST, "unspooled")).isEqualTo(new ReportedLosses(654_021, 650_020));
        assertThat(ReportedLosses.in(OUT, LAST, "spooled")).isEqualTo(new ReportedLosses(300, 300));
    }

    @Test
    void countsAReportThatIsInBothStreamsOnce() {
        assertThat(ReportedLosses.in(OUT + LAST, LAST, "unspooled")).isEqualTo(new ReportedLosses(654_021, 650_020));
    }

    @Test
    void findsNoLossInOtherReports() {
        assertThat(ReportedLosses.in("Appender 'unspooled': http://x refused 2 lines permanently", "", "unspooled"))
                .isEqualTo(new ReportedLosses(0, 0));
    }
}
