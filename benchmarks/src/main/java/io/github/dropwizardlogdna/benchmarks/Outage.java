package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import ch.qos.logback.classic.LoggerContext;
import io.github.dropwizardlogdna.benchmarks.receiver.Mode;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A long outage at 5,000 lines a second, with every option at its default: measures the heap, the calls, the lines lost,
 * and the recovery. For half of the outage the endpoint answers 503, for the other half it refuses connections.
 *
 * <p>Logging pauses between the parts to measure the live heap, because a collection would disturb the timed calls.
 */
final class Outage {

    private static final int THREADS = 4;
    private static final int PER_SECOND = 5_000;
    private static final int PAUSES = 10;
    private static final long BUFFER_SIZE = 32L << 20;
    private static final long BATCH_SIZE = 2L << 20;
    private static final long MIB = 1L << 20;
    private static final long HEAP_BEYOND_BUFFER = 16 * MIB;

    private final Settings settings;
    private final ReceiverProcess receiver;
    private final List<Traffic> traffic = new ArrayList<>();
    private final Markdown phases =
            new Markdown("after", "lines", "a call p50 / p99 / p99.9", "CPU a line", "live heap");
    private long offered;
    private long delivered;
    private long reported;
    /** CPU of the process while the last lines were logged. */
    private long cpuNanos;

    private Outage(Settings settings, ReceiverProcess receiver) {
        this.settings = settings;
        this.receiver = receiver;
    }

    /** Returns whether every target was met. */
    static boolean run(Settings settings) throws IOException, InterruptedException {
        try (ReceiverProcess receiver = new ReceiverProcess()) {
            return new Outage(settings, receiver).run();
        }
    }

    private boolean run() throws InterruptedException {
        LoggerContext context = Contender.LOGDNA.start(receiver.uri(), Map.of());
        LoggingThreads.log(new Load(THREADS, PER_SECOND, 2), i -> Traffic.uncounted(context, i));
        for (int i = 0; i < THREADS; i++) {
            traffic.add(Traffic.counted(context, i));
        }
        double segment = settings.outageSeconds(600) / PAUSES;
        log(Math.max(5, segment)); // warms up at the rate that will be measured
        Histogram healthy = log(Math.max(5, segment));
        receiver.awaitArrivals(Duration.ofSeconds(2));
        long heapBefore = liveHeap();
        describe("healthy", healthy, heapBefore);
        book();

        Histogram away = new Histogram(3);
        long heapMost = 0;
        for (int i = 1; i <= PAUSES; i++) {
            if (i == 1 || i == PAUSES / 2 + 1) {
                receiver.behave(i == 1 ? Mode.UNAVAILABLE : Mode.DOWN);
            }
            Histogram part = log(segment);
            away.add(part);
            long heap = liveHeap();
            heapMost = Math.max(heapMost, heap);
            describe(number("%.0f s of outage", i * segment), part, heap);
        }

        receiver.behave(Mode.TAKE);
        Progress.say("recovery");
        receiver.awaitArrivals(Duration.ofSeconds(5));
        ReceiverReport recovery = book();
        describe("recovery", new Histogram(3), liveHeap());
        if (reported < offered - delivered) {
            receiver.awaitArrivals(Duration.ofSeconds(1)); // the line that reports the loss comes at most once a minute
        }
        context.stop();
        book();

        System.out.println(
                "## An outage of " + settings.outageSeconds(600) + " s, " + PER_SECOND + " lines a second\n");
        System.out.println(phases);
        Verdicts verdicts = new Verdicts();
        verdicts.atMost(
                "live heap above that before, MiB",
                (double) (heapMost - heapBefore) / MIB,
                (double) (BUFFER_SIZE + HEAP_BEYOND_BUFFER) / MIB);
        verdicts.atMost(
                "p99.9 of a call, us (healthy x 2)",
                away.getValueAtPercentile(99.9) / 1e3,
                2 * healthy.getValueAtPercentile(99.9) / 1e3);
        // The last batch holds only the rest.
        verdicts.atLeast(
                "mean batch of the recovery, share of batchSize",
                (double) recovery.textBytes() / Math.max(1, recovery.requests() - 1) / BATCH_SIZE,
                0.8);
        verdicts.equal("lines missing, as reported to LogDNA", reported, offered - delivered);
        System.out.println(verdicts);
        return verdicts.areAllKept();
    }

    private Histogram log(double seconds) throws InterruptedException {
        Progress.say(number("%.0f s of logging", seconds));
        long before = Cpu.ofProcess();
        LoggingThreads.Result result = LoggingThreads.log(new Load(THREADS, PER_SECOND, seconds), traffic::get);
        cpuNanos = Cpu.ofProcess() - before;
        offered += result.lines();
        return result.latencies();
    }

    /** Adds what has arrived since the last call to the sums. */
    private ReceiverReport book() {
        ReceiverReport report = receiver.report();
        receiver.reset();
        delivered += report.lines();
        for (String notice : report.lossNotices()) {
            reported += Long.parseLong(notice.substring(0, notice.indexOf(' ')));
        }
        return report;
    }

    private void describe(String after, Histogram latencies, long heap) {
        phases.row(
                after,
                number("%,d", latencies.getTotalCount()),
                number(
                        "%.2f / %.1f / %.0f us",
                        latencies.getValueAtPercentile(50) / 1e3,
                        latencies.getValueAtPercentile(99) / 1e3,
                        latencies.getValueAtPercentile(99.9) / 1e3),
                latencies.getTotalCount() == 0
                        ? "-"
                        : number("%.1f us", (double) cpuNanos / latencies.getTotalCount() / 1e3),
                number("%.1f MiB", (double) heap / MIB));
    }

    private static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
