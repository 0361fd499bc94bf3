package io.github.dropwizardlogdna.benchmarks;

import io.github.dropwizardlogdna.benchmarks.chaos.Chaos;
import java.io.IOException;
import java.util.List;

/** The one command: {@code java -jar benchmarks.jar [jmh|process|growth|outage|chaos] [options]}; see README.md. */
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String what = args.length == 0 || args[0].startsWith("-") ? "all" : args[0];
        List<String> options = List.of(args).subList(what.equals("all") ? 0 : 1, args.length);
        Settings settings = new Settings(options);
        switch (what) {
            case "all" -> {
                new ProcessBenchmark(settings).run();
                LoggingThreadBenchmark.run(settings);
            }
            case "process" -> new ProcessBenchmark(settings).run();
            case "jmh" -> LoggingThreadBenchmark.run(settings);
            case "growth" -> Growth.run(settings);
            case "outage" -> System.exit(Outage.run(settings) ? 0 : 1);
            case "chaos" -> System.exit(Chaos.run(settings.chaosSeconds(), settings.seed()) ? 0 : 1);
            default -> throw new IllegalArgumentException("No " + what + ", but jmh, process, growth, outage, chaos");
        }
    }
}
