package io.github.dropwizardlogdna.benchmarks;

import io.github.dropwizardlogdna.benchmarks.chaos.Chaos;
import io.github.dropwizardlogdna.benchmarks.far.FarBenchmark;
import io.github.dropwizardlogdna.benchmarks.fleet.Fleet;
import io.github.dropwizardlogdna.benchmarks.pod.PodRun;
import io.github.dropwizardlogdna.benchmarks.service.ServiceBenchmark;
import java.io.IOException;
import java.util.List;

/** The one command: {@code java -jar benchmarks.jar PROGRAM [options]}; see README.md. */
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length == 0) {
            throw new IllegalArgumentException("No program; see benchmarks/README.md");
        }
        Settings settings = new Settings(List.of(args).subList(1, args.length));
        switch (args[0]) {
            case "service" -> System.out.println(ServiceBenchmark.load(settings));
            case "service-outage" -> System.out.println(ServiceBenchmark.outage(settings));
            case "cold" -> System.out.println(ServiceBenchmark.cold(settings));
            case "far" -> System.out.println(FarBenchmark.run(settings));
            case "idle" -> System.out.println(IdleBenchmark.run(settings));
            case "floor" -> System.out.println(FloorBenchmark.run(settings));
            case "process" -> new ProcessBenchmark(settings).run();
            case "jmh" -> LoggingThreadBenchmark.run(settings);
            case "growth" -> Growth.run(settings);
            case "outage" -> System.exit(Outage.run(settings) ? 0 : 1);
            case "chaos" -> System.exit(Chaos.run(settings.chaosSeconds(), settings.seed()) ? 0 : 1);
            case "fleet" -> Fleet.run(settings.linesPerSecond(), settings.fleetSeed(), settings.svg());
            case "pod" -> System.exit(PodRun.run(settings) ? 0 : 1);
            default -> throw new IllegalArgumentException("No program " + args[0] + "; see benchmarks/README.md");
        }
    }
}
