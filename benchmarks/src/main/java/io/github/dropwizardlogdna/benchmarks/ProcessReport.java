package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import io.github.dropwizardlogdna.benchmarks.ProcessBenchmark.Round;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The results of the whole-process program, as Markdown: medians over the rounds, ratios with their intervals. */
record ProcessReport(List<Round> rounds, boolean tls) {

    /** A contender that drops more is fast for the wrong reason. */
    private static final double DELIVERS = 0.9;

    String markdown() {
        return Interval.legend(rounds.size()) + (tls ? " Over TLS." : "") + "\n\n## The floor\n\n" + floorTable()
                + "\n## Whole process\n\n" + table(Round::flatOut) + "\n" + table(Round::fixedRate)
                + "\n## The receiving end\n\n" + receiverTable()
                + "\n## Targets\n\n" + targets();
    }

    private String floorTable() {
        Markdown table = new Markdown("stage", "CPU a line", "with the other core at work");
        floorRow(table, "make the event, format", Floor.Result::formatNanos);
        floorRow(table, "encode", Floor.Result::encodeNanos);
        floorRow(table, "deflate, level 1", Floor.Result::deflateNanos);
        floorRow(table, "all", Floor.Result::nanos);
        Floor.Result floor = rounds.get(0).floor();
        return table
                + number(
                        "%nLines of %.0f bytes of JSON, %.0f when deflated: %.1f : 1.%n",
                        floor.jsonBytes(), floor.gzipBytes(), floor.ratio());
    }

    private void floorRow(Markdown table, String stage, ToDoubleFunction<Floor.Result> nanos) {
        table.row(
                stage,
                of(round -> nanos.applyAsDouble(round.floor())).text("%.0f") + " ns",
                of(round -> nanos.applyAsDouble(round.busyFloor())).text("%.0f") + " ns");
    }

    private Interval of(ToDoubleFunction<Round> value) {
        return Interval.of(rounds.stream().mapToDouble(value).toArray());
    }

    private String table(Function<Round, Map<Contender, ProcessRun.Result>> load) {
        Set<Contender> contenders = contenders(load);
        if (contenders.isEmpty()) {
            return "";
        }
        ProcessRun.Result any = results(load, contenders.iterator().next()).get(0);
        Markdown table = new Markdown(
                any.order().load().title(),
                "delivered/s",
                "offered/s",
                "delivered",
                "CPU a delivered line",
                "of the floor's",
                "of loki4j's",
                "a call p50 / p99 / p99.9",
                "bytes a call",
                "bytes a line, all threads",
                "wire bytes a line",
                "to arrival p50 / p99");
        for (Contender contender : contenders) {
            List<ProcessRun.Result> results = results(load, contender);
            boolean ships = contender.ships();
            table.row(
                    contender.title(),
                    median(results, "%,.0f", ProcessRun.Result::deliveredPerSecond),
                    median(results, "%,.0f", result -> result.offered() / result.loggingSeconds()),
                    median(results, "%.2f %%", result -> 100 * result.deliveredShare()),
                    median(results, "%.2f us", result -> result.cpuNanosPerLine() / 1e3),
                    ships ? text(toFloor(load, contender, Round::floor)) : "-",
                    ships ? text(ratio(load, contender, Contender.LOKI4J, ProcessRun.Result::cpuNanosPerLine)) : "-",
                    median(results, "%.2f", result -> result.p50() / 1e3)
                            + median(results, " / %.1f", result -> result.p99() / 1e3)
                            + median(results, " / %.0f us", result -> result.p999() / 1e3),
                    median(results, "%.0f", result -> (double) result.allocatedByCallers() / result.offered()),
                    median(results, "%.0f", result -> (double) result.allocated() / result.offered()),
                    ships
                            ? median(
                                    results,
                                    "%.0f",
                                    result -> (double) result.receiver().wireBytes() / result.delivered())
                            : "-",
                    ships
                            ? median(
                                            results,
                                            "%,.0f",
                                            result -> result.receiver().arrivalP50() / 1e6)
                                    + median(
                                            results,
                                            " / %,.0f ms",
                                            result -> result.receiver().arrivalP99() / 1e6)
                            : "-");
        }
        return table.toString();
    }

    private String receiverTable() {
        Markdown table =
                new Markdown("flat out", "requests", "last byte to answer p50 / p99", "CPU, counting included");
        for (Contender contender : contenders(Round::flatOut)) {
            List<ProcessRun.Result> results = results(Round::flatOut, contender);
            if (contender.ships()) {
                table.row(
                        contender.title(),
                        median(results, "%,.0f", result -> result.receiver().requests()),
                        median(results, "%.0f", result -> result.receiver().answerP50() / 1e3)
                                + median(
                                        results,
                                        " / %.0f us",
                                        result -> result.receiver().answerP99() / 1e3),
                        median(results, "%.1f s", result -> result.receiver().cpuNanos() / 1e9));
            }
        }
        return table.toString();
    }

    private Verdicts targets() {
        Verdicts verdicts = new Verdicts();
        Pairs ofFloor = toFloor(Round::flatOut, Contender.LOGDNA_BLOCKING, Round::floor);
        if (!ofFloor.isEmpty()) {
            verdicts.atMost("CPU a delivered line, of the floor's", ofFloor.ratio(), 1.3);
            verdicts.atMost(
                    "the same, of the floor's with the other core at work",
                    toFloor(Round::flatOut, Contender.LOGDNA_BLOCKING, Round::busyFloor)
                            .ratio(),
                    1.3);
            verdicts.atLeast(
                    "delivered/s, gzip, of what a core-second buys at the floor's price",
                    toCoreSecond(Contender.LOGDNA_BLOCKING).ratio(),
                    1);
            verdicts.equal(
                    "lines lost with neverBlock: false",
                    results(Round::flatOut, Contender.LOGDNA_BLOCKING).stream()
                            .mapToLong(result -> result.offered() - result.delivered())
                            .sum(),
                    0);
        }
        for (Contender peer : contenders(Round::flatOut)) {
            if (peer.ships() && !peer.isOurs() && deliversWhatItAccepts(peer)) {
                Pairs cpu = ratio(Round::flatOut, Contender.LOGDNA_BLOCKING, peer, ProcessRun.Result::cpuNanosPerLine);
                Pairs delivered =
                        ratio(Round::flatOut, Contender.LOGDNA_BLOCKING, peer, ProcessRun.Result::deliveredPerSecond);
                if (!cpu.isEmpty()) {
                    verdicts.atMost("CPU a delivered line, of that of " + peer.title(), cpu.ratio(), 1.0 / 3);
                    verdicts.atLeast("delivered/s, of that of " + peer.title(), delivered.ratio(), 2);
                }
            }
        }
        Pairs uncompressed = toCoreSecond(Contender.LOGDNA_UNCOMPRESSED);
        if (!uncompressed.isEmpty()) {
            verdicts.atLeast(
                    "delivered/s without gzip, of what a core-second buys at the floor's price",
                    uncompressed.ratio(),
                    1.4);
        }
        ToDoubleFunction<ProcessRun.Result> p50 = result -> result.p50() / 1e3;
        Pairs beyondNoOp = ratio(Round::fixedRate, Contender.LOGDNA, Contender.NOOP, p50);
        if (!beyondNoOp.isEmpty()) {
            verdicts.atMost("a call at 20,000/s beyond the no-op, median, us", beyondNoOp.difference(), 1);
        }
        for (Contender slower : List.of(Contender.ASYNC, Contender.LOKI4J)) {
            Pairs calls = ratio(Round::fixedRate, Contender.LOGDNA, slower, p50);
            if (!calls.isEmpty()) {
                verdicts.atMost("a call at 20,000/s, median, of that of " + slower.title(), calls.ratio(), 1);
            }
        }
        return verdicts;
    }

    private boolean deliversWhatItAccepts(Contender peer) {
        return Interval.of(results(Round::flatOut, peer).stream()
                                .mapToDouble(ProcessRun.Result::deliveredShare)
                                .toArray())
                        .median()
                >= DELIVERS;
    }

    private Pairs toFloor(
            Function<Round, Map<Contender, ProcessRun.Result>> load,
            Contender contender,
            Function<Round, Floor.Result> floor) {
        Pairs pairs = new Pairs();
        for (Round round : rounds) {
            ProcessRun.Result result = load.apply(round).get(contender);
            if (result != null) {
                pairs.add(result.cpuNanosPerLine(), floor.apply(round).nanos());
            }
        }
        return pairs;
    }

    private Pairs toCoreSecond(Contender contender) {
        Pairs pairs = new Pairs();
        for (Round round : rounds) {
            ProcessRun.Result result = round.flatOut().get(contender);
            if (result != null) {
                pairs.add(result.deliveredPerSecond(), 1e9 / round.floor().nanos());
            }
        }
        return pairs;
    }

    private Pairs ratio(
            Function<Round, Map<Contender, ProcessRun.Result>> load,
            Contender contender,
            Contender base,
            ToDoubleFunction<ProcessRun.Result> figure) {
        Pairs pairs = new Pairs();
        for (Round round : rounds) {
            ProcessRun.Result measured = load.apply(round).get(contender);
            ProcessRun.Result other = load.apply(round).get(base);
            if (measured != null && other != null) {
                pairs.add(figure.applyAsDouble(measured), figure.applyAsDouble(other));
            }
        }
        return pairs;
    }

    private static String text(Pairs pairs) {
        return pairs.isEmpty() ? "-" : pairs.ratio().text("%.2f");
    }

    private Set<Contender> contenders(Function<Round, Map<Contender, ProcessRun.Result>> load) {
        Set<Contender> contenders = EnumSet.noneOf(Contender.class);
        rounds.forEach(round -> contenders.addAll(load.apply(round).keySet()));
        return contenders;
    }

    private List<ProcessRun.Result> results(
            Function<Round, Map<Contender, ProcessRun.Result>> load, Contender contender) {
        return rounds.stream()
                .map(round -> load.apply(round).get(contender))
                .filter(Objects::nonNull)
                .toList();
    }

    private static String median(
            List<ProcessRun.Result> results, String format, ToDoubleFunction<ProcessRun.Result> figure) {
        double[] values = results.stream().mapToDouble(figure).toArray();
        return values.length == 0 ? "-" : number(format, Interval.of(values).median());
    }
}
