package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.receiver.KeyStoreFile;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverReport;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One contender under one load, in a process of its own, with the receiving end in another: what is measured is the
 * contender's CPU alone. Warms up flat out first.
 */
final class ProcessRun {

    /** What is to be run. */
    record Order(
            Contender contender,
            Load load,
            double warmUpSeconds,
            @Nullable KeyStoreFile tls) {

        /** @param jvmOptions see {@link Settings#jvmOptions} */
        Result run(List<String> jvmOptions) throws IOException, InterruptedException {
            List<String> options = new ArrayList<>(jvmOptions);
            if (tls != null) {
                options.addAll(tls.trustOptions());
            }
            return Jvm.ask(Result.class, ProcessRun.class, options, JSON.writeValueAsString(this));
        }
    }

    /**
     * @param offered lines that were logged
     * @param delivered lines that arrived
     * @param seconds from the first call until they had (all but the last per cent, see {@link ReceiverReport})
     * @param linesUntilThen how many lines that was
     * @param cpuNanos of the process until then
     * @param loggingSeconds from the first call to the end of the last
     * @param allocatedByCallers bytes, by the logging threads while they logged
     * @param allocated bytes, by all threads, until everything was delivered
     * @param p50 of the calls, in nanoseconds, as are the others
     */
    record Result(
            Order order,
            long offered,
            long delivered,
            double seconds,
            double linesUntilThen,
            long cpuNanos,
            double loggingSeconds,
            long allocatedByCallers,
            long allocated,
            long p50,
            long p99,
            long p999,
            long max,
            ReceiverReport receiver) {

        double cpuNanosPerLine() {
            return cpuNanos / linesUntilThen;
        }

        double deliveredPerSecond() {
            return linesUntilThen / seconds;
        }

        double deliveredShare() {
            return (double) delivered / offered;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Order order;
    private final ReceiverProcess receiver;

    private ProcessRun(Order order, ReceiverProcess receiver) {
        this.order = order;
        this.receiver = receiver;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream answers = Jvm.answers();
        Order order = JSON.readValue(args[0], Order.class);
        Jvm.endAfter(120 + 3 * (order.warmUpSeconds + order.load.seconds()));
        try (ReceiverProcess receiver = new ReceiverProcess(order.tls)) {
            Result result = new ProcessRun(order, receiver).run();
            answers.println(JSON.writeValueAsString(result));
        }
        System.exit(0);
    }

    private Result run() throws InterruptedException {
        Contender contender = order.contender;
        LoggerContext context = contender.start(receiver.uri(), Map.of());
        // Not flat out for a fixed rate: a contender that drops would take the other path, and leave the compilers no
        // CPU.
        WarmUp.until(
                order.warmUpSeconds,
                Jvm::compilationMillis,
                seconds -> LoggingThreads.log(order.load.lasting(seconds), i -> Traffic.uncounted(context, i)));
        contender.awaitDelivery(receiver);
        System.gc();
        receiver.reset();

        long toNoOp = NoOpAppender.events();
        long allocated = Cpu.allocatedByAllThreads();
        long start = System.nanoTime();
        CpuSamples cpu = new CpuSamples();
        LoggingThreads.Result logged = LoggingThreads.log(order.load, i -> Traffic.counted(context, i));
        contender.awaitDelivery(receiver);
        allocated = Cpu.allocatedByAllThreads() - allocated + logged.bytes();
        cpu.stop();
        context.stop();
        receiver.awaitQuiet(contender.quietAfter());
        ReceiverReport report = receiver.report();
        boolean ships = contender.ships();
        long delivered = ships ? report.lines() : NoOpAppender.events() - toNoOp;
        long end = ships ? report.mostlyArrivedAt() : start + logged.nanos();
        Histogram latencies = logged.latencies();
        return new Result(
                order,
                logged.lines(),
                delivered,
                (end - start) / 1e9,
                ships ? delivered * report.mostlyArrivedShare() : delivered,
                cpu.until(end),
                logged.nanos() / 1e9,
                logged.bytes(),
                allocated,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                latencies.getValueAtPercentile(99.9),
                latencies.getMaxValue(),
                report);
    }
}
