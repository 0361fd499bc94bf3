package io.github.dropwizardlogdna.benchmarks.chaos;

import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.github.dropwizardlogdna.LogDnaBundle;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service under test. Its threads log numbered lines, each to both loggers, until the service stops. The count of each
 * thread is in a file that is mapped into memory, so that it survives {@code kill -9}; a 1 follows the counts once the server
 * has started.
 *
 * <p>Arguments: the number of this process, the file of the counters, lines a second of each thread, config.yml.
 */
public final class ChaosService extends Application<Configuration> {

    static final int THREADS = 2;
    /** The loggers, each with its own appender: one with a spool, one without. */
    static final List<String> LOGGERS = List.of("spooled", "unspooled");

    private final int process;
    private final Path counters;
    private final int perSecond;

    private ChaosService(int process, Path counters, int perSecond) {
        this.process = process;
        this.counters = counters;
        this.perSecond = perSecond;
    }

    public static void main(String[] args) throws Exception {
        new ChaosService(Integer.parseInt(args[0]), Path.of(args[1]), Integer.parseInt(args[2])).run("server", args[3]);
    }

    @Override
    public void initialize(Bootstrap<Configuration> bootstrap) {
        bootstrap.addBundle(new LogDnaBundle<>());
    }

    @Override
    public void run(Configuration configuration, Environment environment) throws IOException {
        MappedByteBuffer counts;
        try (FileChannel file = FileChannel.open(
                counters, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            counts = file.map(FileChannel.MapMode.READ_WRITE, 0, (THREADS + 1) * Integer.BYTES);
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            threads.add(new Thread(() -> log(number, counts), "chaos-" + i));
        }
        environment.lifecycle().addServerLifecycleListener(server -> counts.putInt(THREADS * Integer.BYTES, 1));
        environment.lifecycle().manage(new Managed() {
            @Override
            public void start() {
                threads.forEach(Thread::start);
            }

            @Override
            public void stop() throws InterruptedException {
                threads.forEach(Thread::interrupt);
                for (Thread thread : threads) {
                    thread.join();
                }
            }
        });
    }

    private void log(int thread, MappedByteBuffer counts) {
        List<Logger> loggers = LOGGERS.stream().map(LoggerFactory::getLogger).toList();
        long interval = 1_000_000_000L / perSecond;
        long start = System.nanoTime();
        for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
            for (int j = 0; j < loggers.size(); j++) {
                loggers.get(j).info(new LineId(process, LOGGERS.get(j), thread, i).text());
            }
            // One writer for each place, and a JVM writes an aligned int at once.
            counts.putInt(thread * Integer.BYTES, i + 1);
            LockSupport.parkNanos(start + i * interval - System.nanoTime());
        }
    }
}
