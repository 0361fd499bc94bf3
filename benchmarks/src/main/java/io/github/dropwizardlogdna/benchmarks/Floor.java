package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.slf4j.LoggerFactory;

/**
 * Measures the floor in a process of its own: the same lines, one thread. Arguments: the longest warm-up of each stage,
 * and how long each is measured, in seconds.
 */
final class Floor {

    /**
     * @param formatNanos CPU a line to make the event and to format it
     * @param encodeNanos CPU a line to encode it
     * @param deflateNanos CPU a line to deflate it
     * @param jsonBytes of a line
     * @param gzipBytes of a line
     */
    record Result(double formatNanos, double encodeNanos, double deflateNanos, double jsonBytes, double gzipBytes) {

        static Result mean(List<Result> results) {
            return new Result(
                    mean(results, Result::formatNanos),
                    mean(results, Result::encodeNanos),
                    mean(results, Result::deflateNanos),
                    mean(results, Result::jsonBytes),
                    mean(results, Result::gzipBytes));
        }

        private static double mean(List<Result> results, ToDoubleFunction<Result> figure) {
            return results.stream().mapToDouble(figure).average().orElse(Double.NaN);
        }

        double nanos() {
            return formatNanos + encodeNanos + deflateNanos;
        }

        double ratio() {
            return jsonBytes / gzipBytes;
        }
    }

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

    private Floor() {
        context.reset();
        context.getLogger("ROOT").setLevel(Level.INFO);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        double warmUp = Double.parseDouble(args[0]);
        double seconds = Double.parseDouble(args[1]);
        Floor floor = new Floor();
        for (FloorAppender.Stage stage : FloorAppender.Stage.values()) {
            WarmUp.until(warmUp, Jvm::compilationMillis, slice -> floor.measure(stage, slice));
        }
        Measured format = floor.measure(FloorAppender.Stage.FORMAT, seconds);
        Measured encode = floor.measure(FloorAppender.Stage.ENCODE, seconds);
        Measured deflate = floor.measure(FloorAppender.Stage.DEFLATE, seconds);
        Result result = new Result(
                format.nanos,
                encode.nanos - format.nanos,
                deflate.nanos - encode.nanos,
                deflate.jsonBytes,
                deflate.gzipBytes);
        System.out.println(new ObjectMapper().writeValueAsString(result));
    }

    private record Measured(double nanos, double jsonBytes, double gzipBytes) {}

    private Measured measure(FloorAppender.Stage stage, double seconds) {
        FloorAppender appender = new FloorAppender(stage);
        appender.setContext(context);
        appender.start();
        context.getLogger("ROOT").addAppender(appender);
        Traffic traffic = Traffic.counted(context, 1);
        long lines = 0;
        long cpu = Cpu.ofProcess();
        long end = System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        while (System.nanoTime() < end) {
            for (int i = 0; i < 1_000; i++) {
                traffic.beforeNext();
                traffic.log();
            }
            lines += 1_000;
        }
        cpu = Cpu.ofProcess() - cpu;
        context.getLogger("ROOT").detachAppender(appender);
        if (appender.characters() == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        return new Measured(
                (double) cpu / lines,
                (double) appender.encodedBytes() / lines,
                (double) appender.deflatedBytes() / lines);
    }
}
