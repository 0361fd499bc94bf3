package io.github.dropwizardlogdna.benchmarks.far;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import io.github.dropwizardlogdna.benchmarks.Interval;
import io.github.dropwizardlogdna.benchmarks.Markdown;
import io.github.dropwizardlogdna.benchmarks.Progress;
import io.github.dropwizardlogdna.benchmarks.Settings;
import io.github.dropwizardlogdna.benchmarks.Verdicts;
import io.github.dropwizardlogdna.benchmarks.receiver.KeyStoreFile;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How many lines a second reach a far endpoint, with some sets of options, which take turns. */
public final class FarBenchmark {

    private static final double WANTED_PER_SECOND = 50_000;
    private static final double WANTED_AT_MILLIS = 200;

    /** A network: {@code 200} milliseconds there and back, or {@code 200/1} with the loss of one packet in a hundred. */
    private record Path(double millis, double lossPercent) {

        static Path of(String text) {
            int slash = text.indexOf('/');
            return slash < 0
                    ? new Path(Double.parseDouble(text), 0)
                    : new Path(
                            Double.parseDouble(text.substring(0, slash)),
                            Double.parseDouble(text.substring(slash + 1)));
        }

        String title() {
            return number("%.0f ms", millis) + (lossPercent > 0 ? number(", %.1f %% loss", lossPercent) : "");
        }
    }

    private record Case(Path path, String options) {}

    private final Settings settings;
    private final FarNetwork network;

    @Nullable
    private final KeyStoreFile tls;

    private final Map<Case, List<FarRun.Result>> results = new LinkedHashMap<>();

    private FarBenchmark(Settings settings, FarNetwork network) throws IOException, InterruptedException {
        this.settings = settings;
        this.network = network;
        tls = settings.tls() ? KeyStoreFile.make() : null;
        for (String path : settings.list("rtt", "50,150,200,300,200/1")) {
            String otherwise = "|batchSize: 9MiB|concurrentRequests: 2|concurrentRequests: 4|concurrentRequests: 8";
            for (String options : settings.appenderSettings(otherwise)) {
                results.put(new Case(Path.of(path), options), new ArrayList<>());
            }
        }
    }

    /** Returns the results as Markdown. */
    public static String run(Settings settings) throws IOException, InterruptedException {
        try (FarNetwork network = new FarNetwork(settings.congestionControl())) {
            return new FarBenchmark(settings, network).run();
        }
    }

    private String run() throws IOException, InterruptedException {
        int rounds = settings.pairs(1);
        for (int i = 0; i < rounds; i++) {
            List<Case> order = new ArrayList<>(results.keySet());
            if (i % 2 == 1) {
                Collections.reverse(order);
            }
            for (Case next : order) {
                measure(next);
            }
        }
        return describe(rounds) + "\nPackets that this machine itself has lost: " + network.dropped() + ".\n";
    }

    private void measure(Case wanted) throws InterruptedException {
        network.behave(wanted.path.millis, wanted.path.lossPercent / 100);
        List<String> options = List.of(wanted.options.split("; *", -1));
        FarRun.Order order = new FarRun.Order(
                wanted.options.isEmpty() ? List.of() : options,
                network.far(),
                settings.warmUpSeconds(4),
                settings.seconds(8),
                tls);
        try {
            FarRun.Result result = order.run(network.near(), settings.jvmOptions());
            results.getOrDefault(wanted, new ArrayList<>()).add(result);
            Progress.say(number(
                    "%s, %s: %,.0f lines/s in %d requests",
                    wanted.path.title(), title(wanted), result.linesPerSecond(), result.requests()));
        } catch (IOException e) {
            Progress.say(wanted.path.title() + ", " + title(wanted) + ": no result: " + e.getMessage());
        }
    }

    private static String title(Case of) {
        return of.options.isEmpty() ? "defaults" : of.options;
    }

    private String describe(int rounds) {
        Markdown table = new Markdown("round trip", "options", "lines/s", "lines a request", "wire MB/s");
        Verdicts verdicts = new Verdicts();
        boolean any = false;
        for (Map.Entry<Case, List<FarRun.Result>> entry : results.entrySet()) {
            List<FarRun.Result> runs = entry.getValue();
            if (runs.isEmpty()) {
                continue;
            }
            Interval lines = Interval.of(
                    runs.stream().mapToDouble(FarRun.Result::linesPerSecond).toArray());
            double requests = runs.stream().mapToDouble(FarRun.Result::requests).sum();
            double allLines = runs.stream().mapToDouble(FarRun.Result::lines).sum();
            double bytes = runs.stream().mapToDouble(FarRun.Result::wireBytes).sum();
            Case of = entry.getKey();
            table.row(
                    of.path.title(),
                    "`" + title(of) + "`",
                    lines.text("%,.0f"),
                    number("%,.0f", allLines / requests),
                    number("%.1f", bytes / allLines * lines.median() / 1e6));
            if (of.path.millis == WANTED_AT_MILLIS && of.path.lossPercent == 0) {
                verdicts.atLeast("lines/s at 200 ms (" + title(of) + ")", lines, WANTED_PER_SECOND);
                any = true;
            }
        }
        return "## A far endpoint" + (tls == null ? "" : ", over TLS") + "\n\n" + Interval.legend(rounds)
                + " Congestion control: " + settings.congestionControl() + ".\n\n" + table
                + (any ? "\n" + verdicts : "");
    }
}
