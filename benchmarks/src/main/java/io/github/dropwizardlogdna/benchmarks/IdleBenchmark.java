package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.receiver.Mode;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * What each contender does while nothing is logged: before an outage, in it, and after it. Each in a process of its own,
 * all at once, because a process that is idle disturbs no other.
 */
final class IdleBenchmark {

    /** The three times. */
    record Result(Idle before, Idle outage, Idle after) {}

    private static final int THREADS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    private IdleBenchmark() {}

    static String run(Settings settings) throws InterruptedException {
        List<Contender> contenders = settings.contenders(Contender.values());
        double seconds = settings.idleSeconds(10);
        ExecutorService runs = Executors.newFixedThreadPool(contenders.size());
        try {
            List<Future<Result>> results = runs.invokeAll(contenders.stream()
                    .map(contender -> (Callable<Result>) () -> Jvm.ask(
                            Result.class,
                            IdleBenchmark.class,
                            settings.jvmOptions(),
                            contender.key(),
                            Double.toString(seconds)))
                    .toList());
            Markdown table = new Markdown(
                    "idle", "wake-ups a second", "CPU, JVM included", "in an outage", "CPU", "after it", "CPU");
            IntStream.range(0, contenders.size()).forEach(i -> row(table, contenders.get(i), results.get(i)));
            return "## Idle\n\n" + table;
        } finally {
            runs.shutdownNow();
        }
    }

    private static void row(Markdown table, Contender contender, Future<Result> future) {
        try {
            Result result = future.get();
            table.row(
                    contender.title(),
                    number("%.2f", result.before.wakeUps()),
                    number("%.2f ms a second", result.before.cpuMillis()),
                    number("%.2f", result.outage.wakeUps()),
                    number("%.2f ms a second", result.outage.cpuMillis()),
                    number("%.2f", result.after.wakeUps()),
                    number("%.2f ms a second", result.after.cpuMillis()));
        } catch (ExecutionException e) {
            Progress.say(contender.key() + ": no result: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream answers = Jvm.answers();
        Contender contender = Contender.named(args[0]);
        double seconds = Double.parseDouble(args[1]);
        Jvm.endAfter(300 + 3 * seconds);
        try (ReceiverProcess receiver = new ReceiverProcess()) {
            LoggerContext context = contender.start(receiver.uri(), Map.of());
            log(context, Math.min(2, seconds));
            contender.awaitDelivery(receiver);
            Idle before = Idle.watch(seconds);
            receiver.behave(Mode.UNAVAILABLE);
            log(context, seconds / 2);
            Idle outage = Idle.watch(seconds);
            receiver.behave(Mode.TAKE);
            receiver.reset();
            contender.awaitDelivery(receiver);
            answers.println(JSON.writeValueAsString(new Result(before, outage, Idle.watch(seconds))));
        }
        Runtime.getRuntime().halt(0);
    }

    private static void log(LoggerContext context, double seconds) throws InterruptedException {
        LoggingThreads.log(new Load(THREADS, 2_000, seconds), i -> Traffic.counted(context, i));
    }
}
