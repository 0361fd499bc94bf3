package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.receiver.Mode;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverReport;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Measures what a line costs to log, and to deliver, while a number of batches already wait: the endpoint answers 503,
 * and later takes everything. In a process of its own; nothing is lost.
 */
final class Backlog {

    /**
     * @param logNanos CPU of the process for a line that was logged and compressed after the others
     * @param deliverNanos CPU of the process, from when the endpoint was back, for a line delivered
     * @param lost lines that were logged and never arrived
     */
    record Result(double logNanos, double deliverNanos, long lost) {

        static Result of(int batches, double warmUpSeconds) throws IOException, InterruptedException {
            return Jvm.ask(
                    Result.class, Backlog.class, List.of(), Integer.toString(batches), Double.toString(warmUpSeconds));
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    /** With lines of 317 bytes about 2 MiB, the default of {@code batchSize}. */
    private static final int LINES_A_BATCH = 6_600;
    /** Those whose lines are measured. */
    private static final int MEASURED_BATCHES = 8;

    private static final Duration QUIET = Duration.ofSeconds(1);

    private Backlog() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream answers = Jvm.answers();
        int batches = Integer.parseInt(args[0]);
        double warmUpSeconds = Double.parseDouble(args[1]);
        Jvm.endAfter(120 + warmUpSeconds);
        try (ReceiverProcess receiver = new ReceiverProcess()) {
            answers.println(JSON.writeValueAsString(measure(receiver, batches, warmUpSeconds)));
        }
        System.exit(0);
    }

    private static Result measure(ReceiverProcess receiver, int batches, double warmUpSeconds)
            throws InterruptedException {
        LoggerContext context = Contender.LOGDNA_BLOCKING.start(receiver.uri(), Map.of());
        WarmUp.until(
                warmUpSeconds,
                Jvm::compilationMillis,
                seconds -> LoggingThreads.log(new Load(1, 0, seconds), i -> Traffic.uncounted(context, i)));
        receiver.awaitArrivals(QUIET);
        System.gc();

        Traffic traffic = Traffic.counted(context, 2);
        receiver.behave(Mode.UNAVAILABLE);
        // Late lines of the warm-up are refused from here, but for those that the endpoint is taking at this moment.
        receiver.awaitQuiet(QUIET);
        receiver.reset();
        log(traffic, batches * LINES_A_BATCH);
        awaitIdle();
        long cpu = Cpu.ofProcess();
        log(traffic, MEASURED_BATCHES * LINES_A_BATCH);
        awaitIdle();
        double logged = Cpu.ofProcess() - cpu;

        cpu = Cpu.ofProcess();
        receiver.behave(Mode.TAKE);
        receiver.awaitArrivals(QUIET);
        double delivered = Cpu.ofProcess() - cpu;
        context.stop();
        receiver.awaitQuiet(QUIET);
        ReceiverReport report = receiver.report();
        long lines = (long) (batches + MEASURED_BATCHES) * LINES_A_BATCH;
        return new Result(
                logged / (MEASURED_BATCHES * LINES_A_BATCH), delivered / report.lines(), lines - report.lines());
    }

    private static void log(Traffic traffic, int lines) {
        for (int i = 0; i < lines; i++) {
            traffic.beforeNext();
            traffic.log();
        }
    }

    /** Waits until everything that can be compressed is compressed. */
    private static void awaitIdle() throws InterruptedException {
        long before;
        long now = Cpu.ofProcess();
        do {
            before = now;
            Thread.sleep(500);
            now = Cpu.ofProcess();
        } while (now - before > 10_000_000);
    }
}
