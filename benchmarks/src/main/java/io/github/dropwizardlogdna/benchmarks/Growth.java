package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.io.IOException;

/** What a line costs must not grow with the number of lines, of threads, or of waiting batches. */
final class Growth {

    private static final int THREADS = 4;
    private static final int[] MORE_THREADS = {1, 4, 16, 64};
    private static final double[] TIMES = {0.25, 0.5, 1, 2};
    /** The default of {@code bufferSize} holds about as many as the last. */
    private static final int[] BATCHES = {0, 16, 48};

    private Growth() {}

    static void run(Settings settings) throws IOException, InterruptedException {
        Markdown lines = new Markdown("lines", "delivered/s", "CPU a delivered line");
        for (double times : TIMES) {
            ProcessRun.Result result = flatOut(settings, THREADS, times * settings.seconds(4));
            lines.row(
                    number("%,d", result.delivered()),
                    number("%,.0f", result.deliveredPerSecond()),
                    number("%.2f us", result.cpuNanosPerLine() / 1e3));
        }
        System.out.println("## With more lines\n\n" + lines);

        Markdown threads = new Markdown("threads", "delivered/s", "CPU a delivered line", "a call p50 / p99");
        for (int count : MORE_THREADS) {
            ProcessRun.Result result = flatOut(settings, count, settings.seconds(4));
            threads.row(
                    count,
                    number("%,.0f", result.deliveredPerSecond()),
                    number("%.2f us", result.cpuNanosPerLine() / 1e3),
                    number("%.2f / %.1f us", result.p50() / 1e3, result.p99() / 1e3));
        }
        System.out.println("## With more threads\n\n" + threads);

        Markdown waiting = new Markdown("batches waiting", "CPU a line logged", "CPU a line delivered", "lost");
        for (int batches : BATCHES) {
            Progress.say(batches + " batches waiting");
            Backlog.Result result = Backlog.Result.of(batches, settings.warmUpSeconds(20));
            waiting.row(
                    batches,
                    number("%.2f us", result.logNanos() / 1e3),
                    number("%.2f us", result.deliverNanos() / 1e3),
                    result.lost());
        }
        System.out.println("## With more batches waiting\n\n" + waiting);
    }

    private static ProcessRun.Result flatOut(Settings settings, int threads, double seconds)
            throws IOException, InterruptedException {
        Progress.say(number("%d threads for %.1f s", threads, seconds));
        Load load = new Load(threads, 0, seconds);
        return new ProcessRun.Order(Contender.LOGDNA_BLOCKING, load, settings.warmUpSeconds(20), null)
                .run(settings.jvmOptions());
    }
}
