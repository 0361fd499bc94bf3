package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The results of the whole-process program, as Markdown.
 *
 * @param busyFloor the floor, while the same is measured on the other core
 */
record ProcessReport(
        Floor.Result floor,
        Floor.Result busyFloor,
        List<ProcessRun.Result> flatOut,
        List<ProcessRun.Result> fixedRate) {

    String markdown() {
        return "## The floor\n\n" + floorTable() + "\n## Whole process\n\n" + table(flatOut) + "\n" + table(fixedRate)
                + "\n## Idle\n\n" + idleTable() + "\n## The receiving end\n\n" + receiverTable()
                + "\n## Promises\n\n" + promises();
    }

    private String floorTable() {
        return new Markdown("stage", "CPU a line", "with the other core at work")
                        .row("make the event, format", nanos(floor.formatNanos()), nanos(busyFloor.formatNanos()))
                        .row("encode", nanos(floor.encodeNanos()), nanos(busyFloor.encodeNanos()))
                        .row("deflate, level 1", nanos(floor.deflateNanos()), nanos(busyFloor.deflateNanos()))
                        .row("all", nanos(floor.nanos()), nanos(busyFloor.nanos()))
                + number(
                        "%nLines of %.0f bytes of JSON, %.0f when deflated: %.1f : 1.%n",
                        floor.jsonBytes(), floor.gzipBytes(), floor.ratio());
    }

    private static String nanos(double nanos) {
        return number("%.0f ns", nanos);
    }

    private String table(List<ProcessRun.Result> results) {
        Markdown table = new Markdown(
                results.isEmpty() ? "" : results.get(0).order().load().title(),
                "delivered/s",
                "offered/s",
                "delivered",
                "CPU a delivered line",
                "of the floor's",
                "of the best peer's",
                "a call p50 / p99 / p99.9 / max",
                "bytes a call",
                "bytes a line, all threads",
                "wire bytes a line",
                "to arrival p50 / p99");
        double best = peers(results)
                .mapToDouble(ProcessRun.Result::cpuNanosPerLine)
                .min()
                .orElse(Double.NaN);
        for (ProcessRun.Result result : results) {
            boolean ships = result.order().contender().ships();
            table.row(
                    result.order().contender().title(),
                    number("%,.0f", result.deliveredPerSecond()),
                    number("%,.0f", result.offered() / result.loggingSeconds()),
                    number("%.2f %%", 100 * result.deliveredShare()),
                    number("%.2f us", result.cpuNanosPerLine() / 1e3),
                    ships ? number("%.2f", result.cpuNanosPerLine() / floor.nanos()) : "-",
                    ships ? number("%.2f", result.cpuNanosPerLine() / best) : "-",
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

    /** Those that can be told from what was measured in this run. */
    private Verdicts promises() {
        Verdicts verdicts = new Verdicts();
        of(Contender.LOGDNA_BLOCKING, flatOut).ifPresent(ours -> {
            verdicts.atMost("CPU a delivered line, of the floor's", ours.cpuNanosPerLine() / floor.nanos(), 1.3);
            verdicts.atMost(
                    "the same, of the floor's with the other core at work",
                    ours.cpuNanosPerLine() / busyFloor.nanos(),
                    1.3);
            verdicts.atLeast(
                    "delivered/s, gzip, of what a core-second buys at the floor's price",
                    ours.deliveredPerSecond() * floor.nanos() / 1e9,
                    1);
            verdicts.equal("lines lost with neverBlock: false", ours.offered() - ours.delivered(), 0);
            peers(flatOut)
                    .mapToDouble(ProcessRun.Result::cpuNanosPerLine)
                    .min()
                    .ifPresent(best -> verdicts.atMost(
                            "CPU a delivered line, of the best peer's", ours.cpuNanosPerLine() / best, 1.0 / 3));
            of(Contender.LOKI4J, flatOut)
                    .ifPresent(loki4j -> verdicts.atMost(
                            "CPU a delivered line, of loki4j's",
                            ours.cpuNanosPerLine() / loki4j.cpuNanosPerLine(),
                            1.0 / 3));
            peers(flatOut)
                    .mapToDouble(ProcessRun.Result::deliveredPerSecond)
                    .max()
                    .ifPresent(best ->
                            verdicts.atLeast("delivered/s, of the best peer's", ours.deliveredPerSecond() / best, 2));
        });
        of(Contender.LOGDNA_UNCOMPRESSED, flatOut)
                .ifPresent(ours -> verdicts.atLeast(
                        "delivered/s without gzip, of what a core-second buys at the floor's price",
                        ours.deliveredPerSecond() * floor.nanos() / 1e9,
                        1.4));
        of(Contender.LOGDNA, fixedRate).ifPresent(ours -> {
            of(Contender.NOOP, fixedRate)
                    .ifPresent(noOp -> verdicts.atMost(
                            "a call at 20,000/s beyond the no-op, median, us", (ours.p50() - noOp.p50()) / 1e3, 1));
            for (Contender slower : List.of(Contender.ASYNC, Contender.LOKI4J)) {
                of(slower, fixedRate)
                        .ifPresent(other -> verdicts.atMost(
                                "a call at 20,000/s, median, us (" + slower.title() + ")",
                                ours.p50() / 1e3,
                                other.p50() / 1e3));
            }
            if (ours.idle().wakeUps() >= 0) {
                verdicts.atMost("wake-ups a second when idle", ours.idle().wakeUps(), 0);
            }
        });
        return verdicts;
    }

    private static Stream<ProcessRun.Result> peers(List<ProcessRun.Result> results) {
        return results.stream()
                .filter(result -> result.order().contender().ships() && result.delivered() > 0)
                .filter(result -> !result.order().contender().key().startsWith("logdna"));
    }

    private static Optional<ProcessRun.Result> of(Contender contender, List<ProcessRun.Result> results) {
        return results.stream()
                .filter(result -> result.order().contender() == contender)
                .findFirst();
    }
}
