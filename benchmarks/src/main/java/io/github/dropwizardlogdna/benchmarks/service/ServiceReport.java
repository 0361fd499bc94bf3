package io.github.dropwizardlogdna.benchmarks.service;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import io.github.dropwizardlogdna.benchmarks.Interval;
import io.github.dropwizardlogdna.benchmarks.Markdown;
import io.github.dropwizardlogdna.benchmarks.Pairs;
import io.github.dropwizardlogdna.benchmarks.Verdicts;
import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Collects the figures of each round, each next to that of the service with no appender. Not thread-safe. */
final class ServiceReport {

    /** How a figure is compared with that of the service with no appender. */
    enum Comparison {
        NONE,
        RATIO,
        DIFFERENCE
    }

    private static final double ALMOST_AS_MANY = 0.97;
    private static final double NO_VISIBLE_CHANGE = 1.1;

    private final Map<Variant, Map<Figure, Pairs>> figures = new LinkedHashMap<>();

    /** @param round of each variant, that with no appender among them */
    void add(Map<Variant, Map<Figure, Double>> round) {
        Map<Figure, Double> base = round.getOrDefault(Variant.NONE, Map.of());
        round.forEach((variant, measured) -> measured.forEach(
                (figure, value) -> figures.computeIfAbsent(variant, added -> new EnumMap<>(Figure.class))
                        .computeIfAbsent(figure, added -> new Pairs())
                        .add(value, base.getOrDefault(figure, Double.NaN))));
    }

    /** A column or two for each figure; empty if none of them was measured. */
    String table(String title, Comparison comparison, Figure... wanted) {
        List<String> headers = new ArrayList<>(List.of(title));
        for (Figure figure : wanted) {
            headers.add(figure.title());
            if (comparison != Comparison.NONE) {
                headers.add(comparison == Comparison.RATIO ? "of no appender's" : "more than without");
            }
        }
        Markdown table = new Markdown(headers.toArray(String[]::new));
        boolean any = false;
        for (Map.Entry<Variant, Map<Figure, Pairs>> variant : figures.entrySet()) {
            List<String> cells = new ArrayList<>(List.of(variant.getKey().title()));
            for (Figure figure : wanted) {
                Pairs pairs = variant.getValue().get(figure);
                any |= pairs != null;
                cells.add(
                        pairs == null
                                ? "-"
                                : number(figure.format(), pairs.measured().median()));
                if (comparison != Comparison.NONE) {
                    cells.add(
                            pairs == null || variant.getKey().equals(Variant.NONE)
                                    ? "-"
                                    : text(pairs, comparison, figure));
                }
            }
            table.row(cells.toArray());
        }
        return any ? table + "\n" : "";
    }

    private static String text(Pairs pairs, Comparison comparison, Figure figure) {
        return comparison == Comparison.RATIO
                ? pairs.ratio().text("%.3f")
                : pairs.difference().text(figure.format());
    }

    /** The targets of this library's appender under load. */
    String targets() {
        Verdicts verdicts = new Verdicts();
        ours((title, measured) -> {
            atLeast(verdicts, "requests/s, of no appender's" + title, measured.get(Figure.REQUESTS), ALMOST_AS_MANY);
            atMost(verdicts, "p99.9, of no appender's" + title, measured.get(Figure.P999), NO_VISIBLE_CHANGE);
            Pairs start = measured.get(Figure.START);
            if (start != null) {
                verdicts.atMost("start-up, ms longer" + title, start.difference(), 100);
            }
        });
        return verdicts.toString();
    }

    /** The same in an outage. */
    String outageTargets() {
        Verdicts verdicts = new Verdicts();
        ours((title, measured) -> {
            atLeast(
                    verdicts,
                    "requests/s in an outage, of no appender's" + title,
                    measured.get(Figure.OUTAGE_REQUESTS),
                    ALMOST_AS_MANY);
            atMost(
                    verdicts,
                    "p99.9 in an outage, of no appender's" + title,
                    measured.get(Figure.OUTAGE_P999),
                    NO_VISIBLE_CHANGE);
            atMost(
                    verdicts,
                    "p99.9 at the end of an outage, of no appender's" + title,
                    measured.get(Figure.END_P999),
                    NO_VISIBLE_CHANGE);
        });
        return verdicts.toString();
    }

    private void ours(BiConsumer<String, Map<Figure, Pairs>> check) {
        figures.forEach((variant, measured) -> {
            if (variant.isOurs()) {
                check.accept(" (" + variant.title() + ")", measured);
            }
        });
    }

    private static void atMost(Verdicts verdicts, String target, @Nullable Pairs pairs, double limit) {
        if (pairs != null) {
            verdicts.atMost(target, pairs.ratio(), limit);
        }
    }

    private static void atLeast(Verdicts verdicts, String target, @Nullable Pairs pairs, double limit) {
        if (pairs != null) {
            verdicts.atLeast(target, pairs.ratio(), limit);
        }
    }

    /** What a line costs the process: the CPU of a request beyond that with no appender, by its lines. */
    String cpuOfALine() {
        Markdown table = new Markdown("full load", "CPU a line, us");
        figures.forEach((variant, measured) -> {
            Pairs cpu = measured.get(Figure.CPU);
            if (cpu != null && !variant.equals(Variant.NONE)) {
                Interval beyond = cpu.difference().dividedBy(OrderResource.LINES_A_REQUEST);
                table.row(variant.title(), beyond.text("%.2f"));
            }
        });
        return table + "\n";
    }
}
