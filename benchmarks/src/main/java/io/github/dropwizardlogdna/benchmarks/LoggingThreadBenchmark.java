package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Appender;
import io.github.dropwizardlogdna.benchmarks.receiver.Marks;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;
import org.slf4j.Logger;
import org.slf4j.MDC;

/**
 * Measures what a call of the logger costs the calling thread. Each invocation is a burst of 400 calls, which all threads
 * begin together. Between bursts is a pause, not timed, in which the contender ships what it has queued, so that no queue
 * overflows: a contender that drops is fast for the wrong reason. Dropped lines are counted.
 *
 * <p>JMH reports the mean, in which one burst that the scheduler, the collector or the contender's own threads interrupt
 * weighs as much as hundreds of others. So the median burst of each iteration is recorded, too.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 20, time = 500, timeUnit = TimeUnit.MILLISECONDS) // long, because most of it is pauses
@Measurement(iterations = 15, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
public class LoggingThreadBenchmark {

    private static final int BURST = 400;
    /** More than the slowest contender's own threads need for a line. */
    private static final long NANOS_TO_DIGEST_A_LINE = 12_000;
    /** Larger than all bursts of all threads together. */
    private static final int QUEUE_SIZE = 16_384;

    /** The kinds of line. */
    public enum Kind {
        /** Three arguments. */
        PLAIN,
        /** Three arguments, and two entries in the MDC. */
        MDC,
        /** Three key-value pairs of SLF4J 2. */
        PAIRS,
        /** Three arguments, and an exception with a cause. */
        EXCEPTION,
        /** An event of the request log. */
        REQUEST
    }

    /** The contender, with its receiving end. */
    @State(Scope.Benchmark)
    public static class Shipping {

        @Param("logdna")
        public String contender = "";

        @Param("MDC")
        public Kind kind = Kind.MDC;

        final AtomicLong logged = new AtomicLong();
        final AtomicInteger running = new AtomicInteger();

        @Nullable
        private ReceiverProcess receiver;

        @Nullable
        private LoggerContext context;

        @Nullable
        private Appender<IAccessEvent> requestLog;

        CyclicBarrier together = new CyclicBarrier(1);
        long noOpBefore;

        @Setup(Level.Trial)
        public void start(BenchmarkParams params) throws IOException {
            receiver = new ReceiverProcess();
            noOpBefore = NoOpAppender.events();
            Contender started = Contender.named(contender);
            if (kind == Kind.REQUEST) {
                requestLog = started.startRequestLog(receiver.uri(), QUEUE_SIZE);
            } else {
                context = started.start(receiver.uri(), Map.of("queueSize", Integer.toString(QUEUE_SIZE)));
            }
            together = new CyclicBarrier(params.getThreads());
            running.set(params.getThreads());
        }

        Logger logger() {
            return Objects.requireNonNull(context).getLogger("com.example.orders.OrderService");
        }

        Appender<IAccessEvent> requestLog() {
            return Objects.requireNonNull(requestLog);
        }

        /** Stops the contender, and returns the number of lines that never arrived. */
        long lost() throws InterruptedException {
            Contender ended = Contender.named(contender);
            ReceiverProcess end = Objects.requireNonNull(receiver);
            end.awaitQuiet(ended.quietAfter());
            if (requestLog != null) {
                requestLog.stop();
            } else {
                Objects.requireNonNull(context).stop();
            }
            end.awaitQuiet(ended.quietAfter());
            long delivered = ended.ships() ? end.report().lines() : NoOpAppender.events() - noOpBefore;
            return logged.get() - delivered;
        }

        @TearDown(Level.Trial)
        public void close() {
            if (receiver != null) {
                receiver.close();
            }
        }
    }

    /** A logging thread, with its counters. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Caller {

        /** Calls in measured iterations. */
        public long logged;
        /** Bytes that these calls allocated on this thread. */
        public long callerBytes;
        /** Lines of the whole trial that never arrived; set in its last iteration. */
        public long dropped;
        /** Nanoseconds of a call in the median burst of the iteration, summed over the threads. */
        public long medianNanos;

        private final Histogram bursts = new Histogram(3);

        private final Exception failure =
                new IllegalStateException("payment failed", new IllegalStateException("Read timed out"));

        private int iterations;
        private long bytesBefore;
        private long start;

        @Setup(Level.Trial)
        public void begin(BenchmarkParams params, Shipping shipping) {
            iterations = params.getWarmup().getCount() + params.getMeasurement().getCount();
            if (shipping.kind == Kind.MDC) {
                MDC.put(Traffic.REQUEST, "0b9c2f0e-6f0a-4f6c-9d3e-2f6a1c7e5b11");
                MDC.put(Traffic.USER, "u-48213");
            }
        }

        @Setup(Level.Invocation)
        public void digest(BenchmarkParams params, Shipping shipping) throws InterruptedException {
            LockSupport.parkNanos(NANOS_TO_DIGEST_A_LINE * BURST * params.getThreads());
            try {
                shipping.together.await(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | BrokenBarrierException e) {
                // The other threads have ended their iteration already; all meet again in the next.
                shipping.together.reset();
            }
            bytesBefore = Cpu.allocatedByThisThread();
            start = System.nanoTime();
        }

        @TearDown(Level.Invocation)
        public void count(Shipping shipping) {
            bursts.recordValue(System.nanoTime() - start);
            callerBytes += Cpu.allocatedByThisThread() - bytesBefore;
            logged += BURST;
            shipping.logged.addAndGet(BURST);
        }

        @TearDown(Level.Iteration)
        public void end(Shipping shipping) throws InterruptedException {
            medianNanos = bursts.getValueAtPercentile(50) / BURST;
            bursts.reset();
            if (--iterations == 0 && shipping.running.decrementAndGet() == 0) {
                dropped = shipping.lost();
            }
        }
    }

    /** A burst of calls. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void log(Shipping shipping, Caller caller) {
        if (shipping.kind == Kind.REQUEST) {
            Appender<IAccessEvent> requestLog = shipping.requestLog();
            for (int i = 0; i < BURST; i++) {
                requestLog.doAppend(new RequestEvent(i));
            }
        } else {
            log(shipping.logger(), shipping.kind, caller);
        }
    }

    private static void log(Logger logger, Kind kind, Caller caller) {
        for (int i = 0; i < BURST; i++) {
            switch (kind) {
                case PAIRS ->
                    logger.atInfo()
                            .addKeyValue("order", "O-2026-4821377")
                            .addKeyValue("amount", 48.21)
                            .addKeyValue("attempt", i)
                            .log("Order created " + Marks.LINE);
                case EXCEPTION ->
                    logger.error(
                            "Order {} of {} items not created after {} ms " + Marks.LINE,
                            "O-2026-4821377",
                            3,
                            i,
                            caller.failure);
                default -> logger.info("Order {} of {} items created in {} ms " + Marks.LINE, "O-2026-4821377", 3, i);
            }
        }
    }

    static void run(Settings settings) {
        System.out.println("## The logging thread\n\n" + table(settings));
    }

    /** Measures all contenders, and returns the table. */
    static String table(Settings settings) {
        Markdown table = new Markdown(
                "contender",
                "kind",
                "threads",
                "a call, median",
                "mean",
                "bytes a call",
                "bytes, all threads",
                "logged",
                "dropped");
        // The logging threads of the others do the same as those of the AsyncAppender.
        List<Contender> contenders = settings.contenders(
                Contender.NOOP,
                Contender.ASYNC,
                Contender.LOGDNA,
                Contender.LOKI4J,
                Contender.LOGSTASH,
                Contender.OPENTELEMETRY);
        try {
            if (settings.isShort()) {
                add(table, settings, 1, contenders, List.of(Kind.MDC, Kind.REQUEST));
                return table.toString();
            }
            for (int threads : new int[] {1, 4, 8}) {
                add(table, settings, threads, contenders, List.of(Kind.MDC));
            }
            add(
                    table,
                    settings,
                    1,
                    List.of(Contender.NOOP, Contender.LOGDNA, Contender.LOKI4J),
                    List.of(Kind.PLAIN, Kind.PAIRS, Kind.EXCEPTION));
            // The other contenders have no appender for a request log.
            add(
                    table,
                    settings,
                    1,
                    List.of(Contender.NOOP, Contender.LOGDNA, Contender.LOGSTASH),
                    List.of(Kind.REQUEST));
        } catch (RunnerException e) {
            throw new IllegalStateException(e);
        }
        return table.toString();
    }

    private static void add(
            Markdown table, Settings settings, int threads, List<Contender> contenders, List<Kind> kinds)
            throws RunnerException {
        Progress.say("JMH, " + threads + " threads: " + contenders);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(LoggingThreadBenchmark.class.getName())
                .param("contender", contenders.stream().map(Contender::key).toArray(String[]::new))
                .param("kind", kinds.stream().map(Kind::name).toArray(String[]::new))
                .threads(threads)
                .addProfiler(GCProfiler.class)
                .output(settings.jmhLog());
        if (settings.jmhProfiler() != null) {
            options.addProfiler(
                    settings.jmhProfiler().name(), settings.jmhProfiler().options());
        }
        if (settings.isShort()) {
            options.forks(0).warmupIterations(1).measurementIterations(1);
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        for (RunResult result : results) {
            double logged = score(result, "logged");
            table.row(
                    result.getParams().getParam("contender"),
                    result.getParams().getParam("kind"),
                    threads,
                    number("%.0f ns", medianNanos(result) / threads),
                    number("%.0f ns", result.getPrimaryResult().getStatistics().getPercentile(50)),
                    number("%.0f", score(result, "callerBytes") / logged),
                    number("%.0f", score(result, "gc.alloc.rate.norm")),
                    number("%,.0f", logged),
                    number("%,.0f", score(result, "dropped")));
        }
    }

    /** The median over the iterations; JMH itself would sum the counters. */
    private static double medianNanos(RunResult result) {
        Statistics iterations = new ListStatistics(result.getBenchmarkResults().stream()
                .flatMap(fork -> fork.getIterationResults().stream())
                .map(iteration ->
                        Objects.requireNonNull(iteration.getSecondaryResults().get("medianNanos")))
                .mapToDouble(counted -> counted.getScore())
                .toArray());
        return iterations.getPercentile(50);
    }

    private static double score(RunResult result, String name) {
        return result.getSecondaryResults().containsKey(name)
                ? result.getSecondaryResults().get(name).getScore()
                : Double.NaN;
    }
}
