package io.github.dropwizardlogdna.benchmarks.far;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.Contender;
import io.github.dropwizardlogdna.benchmarks.Jvm;
import io.github.dropwizardlogdna.benchmarks.Load;
import io.github.dropwizardlogdna.benchmarks.LoggingThreads;
import io.github.dropwizardlogdna.benchmarks.Traffic;
import io.github.dropwizardlogdna.benchmarks.receiver.KeyStoreFile;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverReport;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Four threads that log as fast as the appender lets them ({@code neverBlock: false}), in a process of its own: how much
 * arrives at the other end of the network in a while, with the buffer full at its beginning and its end.
 */
final class FarRun {

    private static final int THREADS = 4;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What is to be run.
     *
     * @param options of the appender, lines of YAML
     * @param receiver with what the receiving end's command begins
     */
    record Order(
            List<String> options,
            List<String> receiver,
            double warmUpSeconds,
            double seconds,
            @Nullable KeyStoreFile tls) {

        Result run(List<String> prefix, List<String> jvmOptions) throws IOException, InterruptedException {
            List<String> all = new ArrayList<>(jvmOptions);
            if (tls != null) {
                all.addAll(tls.trustOptions());
            }
            return Jvm.ask(Result.class, prefix, FarRun.class, all, JSON.writeValueAsString(this));
        }
    }

    /** What arrived, in a second and in all. */
    record Result(double linesPerSecond, long lines, long requests, long wireBytes) {}

    private FarRun() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream answers = Jvm.answers();
        Order order = JSON.readValue(args[0], Order.class);
        Jvm.endAfter(60 + 3 * (order.warmUpSeconds + order.seconds));
        try (ReceiverProcess receiver = new ReceiverProcess(order.receiver, FarNetwork.FAR_ADDRESS, order.tls)) {
            var context = Contender.LOGDNA_BLOCKING.start(receiver.uri(), order.options);
            List<Traffic> traffic = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                traffic.add(Traffic.counted(context, i));
            }
            LoggingThreads.log(new Load(THREADS, 0, order.warmUpSeconds), traffic::get);
            receiver.reset();
            long start = System.nanoTime();
            LoggingThreads.log(new Load(THREADS, 0, order.seconds), traffic::get);
            double seconds = (System.nanoTime() - start) / 1e9;
            ReceiverReport report = receiver.take();
            answers.println(JSON.writeValueAsString(
                    new Result(report.lines() / seconds, report.lines(), report.requests(), report.wireBytes())));
        }
        Runtime.getRuntime().halt(0); // what the buffer still holds is not to be delivered
    }
}
