package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.util.List;

/** The results of the whole-process program, as Markdown. */
record ProcessReport(Floor.Result floor, List<ProcessRun.Result> flatOut, List<ProcessRun.Result> fixedRate) {

    String markdown() {
        return "## The floor\n\n" + floorTable() + "\n## Whole process\n\n" + table(flatOut) + "\n" + table(fixedRate)
                + "\n## Idle\n\n" + idleTable() + "\n## The receiving end\n\n" + receiverTable();
    }

    private String floorTable() {
        return new Markdown("stage", "CPU a line")
                        .row("make the event, format", number("%.0f ns", floor.formatNanos()))
                        .row("encode", number("%.0f ns", floor.encodeNanos()))
                        .row("deflate, level 1", number("%.0f ns", floor.deflateNanos()))
                        .row("all", number("%.0f ns", floor.nanos()))
                + number(
                        "%nLines of %.0f bytes of JSON, %.0f when deflated: %.1f : 1.%n",
                        floor.jsonBytes(), floor.gzipBytes(), floor.ratio());
    }

    private static String table(List<ProcessRun.Result> results) {
        Markdown table = new Markdown(
                results.isEmpty() ? "" : results.get(0).order().load().title(),
                "delivered/s",
                "offered/s",
                "delivered",
                "CPU a delivered line",
                "a call p50 / p99 / p99.9 / max",
                "bytes a call",
                "bytes a line, all threads",
                "wire bytes a line",
                "to arrival p50 / p99");
        for (ProcessRun.Result result : results) {
            boolean ships = result.order().contender().ships();
            table.row(
                    result.order().contender().title(),
                    number("%,.0f", result.deliveredPerSecond()),
                    number("%,.0f", result.offered() / result.loggingSeconds()),
                    number("%.2f %%", 100 * result.deliveredShare()),
                    number("%.2f us", result.cpuNanosPerLine() / 1e3),
                    number(
                            "%.2f / %.1f / %.0f / %,.0f us",
                            result.p50() / 1e3, result.p99() / 1e3, result.p999() / 1e3, result.max() / 1e3),
                    number("%.0f", (double) result.allocatedByCallers() / result.offered()),
                    number("%.0f", (double) result.allocated() / result.offered()),
                    ships ? number("%.0f", (double) result.receiver().wireBytes() / result.delivered()) : "-",
                    ships
                            ? number(
                                    "%,.0f / %,.0f ms",
                                    result.receiver().arrivalP50() / 1e6,
                                    result.receiver().arrivalP99() / 1e6)
                            : "-");
        }
        return table.toString();
    }

    private String idleTable() {
        Markdown table = new Markdown("idle", "wake-ups a second", "CPU, JVM included");
        for (ProcessRun.Result result : fixedRate) {
            table.row(
                    result.order().contender().title(),
                    number("%.2f", result.idle().wakeUps()),
                    number("%.2f ms a second", result.idle().cpuMillis()));
        }
        return table.toString();
    }

    private String receiverTable() {
        Markdown table =
                new Markdown("flat out", "requests", "last byte to answer p50 / p99", "CPU, counting included");
        for (ProcessRun.Result result : flatOut) {
            if (result.order().contender().ships()) {
                table.row(
                        result.order().contender().title(),
                        number("%,d", result.receiver().requests()),
                        number(
                                "%.0f / %.0f us",
                                result.receiver().answerP50() / 1e3,
                                result.receiver().answerP99() / 1e3),
                        number("%.1f s", result.receiver().cpuNanos() / 1e9));
            }
        }
        return table.toString();
    }
}
