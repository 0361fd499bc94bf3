package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.io.IOException;

/** CPU a line must not grow with the number of threads: flat out, nothing lost, with 1, 4, 16 and 64 of them. */
final class Growth {

    private static final int[] THREADS = {1, 4, 16, 64};

    private Growth() {}

    static void run(Settings settings) throws IOException, InterruptedException {
        Markdown table = new Markdown("threads", "delivered/s", "CPU a delivered line", "a call p50 / p99");
        for (int threads : THREADS) {
            Progress.say(threads + " threads");
            Load load = new Load(threads, 0, settings.seconds());
            ProcessRun.Result result =
                    new ProcessRun.Order(Contender.LOGDNA_BLOCKING, load, settings.warmUpSeconds(), 0).run();
            table.row(
                    threads,
                    number("%,.0f", result.deliveredPerSecond()),
                    number("%.2f us", result.cpuNanosPerLine() / 1e3),
                    number("%.2f / %.1f us", result.p50() / 1e3, result.p99() / 1e3));
        }
        System.out.println("## With more threads\n\n" + table);
    }
}
