package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The floor alone, with the JDK's zlib and with others in its place, in turn. It shows what another
 * zlib would give without any change of this library.
 */
final class FloorBenchmark {

    private static final String JDK = "the JDK's zlib";

    private FloorBenchmark() {}

    static String run(Settings settings) throws IOException, InterruptedException {
        Map<String, List<Floor.Result>> results = new LinkedHashMap<>();
        results.put(JDK, new ArrayList<>());
        settings.list("zlib", "").forEach(library -> results.put(library, new ArrayList<>()));
        int pairs = settings.pairs(7);
        for (int i = 0; i < pairs; i++) {
            List<String> order = new ArrayList<>(results.keySet());
            if (i % 2 == 1) {
                Collections.reverse(order);
            }
            for (String library : order) {
                Progress.say("the floor with " + library);
                List<String> prefix = library.equals(JDK) ? List.of() : List.of("env", "LD_PRELOAD=" + library);
                String warmUp = Double.toString(settings.warmUpSeconds(20));
                String seconds = Double.toString(settings.seconds(1));
                results.getOrDefault(library, new ArrayList<>())
                        .add(Jvm.ask(Floor.Result.class, prefix, Floor.class, List.of(), warmUp, seconds));
            }
        }
        return describe(results, pairs);
    }

    private static String describe(Map<String, List<Floor.Result>> results, int pairs) {
        List<Floor.Result> base = results.getOrDefault(JDK, List.of());
        Markdown table = new Markdown("deflate, level 1", "CPU a line", "of the JDK's", "bytes a line", "of the JDK's");
        results.forEach((library, measured) -> {
            Pairs cpu = new Pairs();
            Pairs bytes = new Pairs();
            for (int i = 0; i < measured.size(); i++) {
                cpu.add(measured.get(i).deflateNanos(), base.get(i).deflateNanos());
                bytes.add(measured.get(i).gzipBytes(), base.get(i).gzipBytes());
            }
            table.row(
                    library,
                    number("%,.0f ns", cpu.measured().median()),
                    cpu.ratio().text("%.2f"),
                    number("%.1f", bytes.measured().median()),
                    number("%.2f", bytes.ratio().median()));
        });
        return "## The floor's deflate\n\n" + Interval.legend(pairs) + "\n\n" + table;
    }
}
