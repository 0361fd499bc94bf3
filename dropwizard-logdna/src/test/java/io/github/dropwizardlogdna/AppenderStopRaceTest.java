package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.local.LocalLogDna;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole appender is started, logged to from several threads, and stopped while they do: what was logged before the stop
 * arrives, once, in the order of its thread. The number of cycles follows from the system property {@code cycles}.
 */
class AppenderStopRaceTest {

    private static final int CYCLES = Math.max(6, Integer.getInteger("cycles", 300) / 100);
    private static final int LOGGERS = 3;

    @TempDir
    private Path directory;

    @Test
    @Timeout(600)
    void everyLineLoggedBeforeTheStopIsDelivered() throws Exception {
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            race(cycle % 2 == 0 ? "tags: []" : "spool: {directory: '" + directory + "'}");
        }
    }

    private static void race(String option) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start()) {
            ConfiguredAppender appender = ConfiguredAppender.of(
                    "ingestionKey: " + endpoint.ingestionKey(),
                    "endpoint: " + endpoint.url(),
                    "neverBlock: false",
                    "flushInterval: 1ms",
                    "shutdownTimeout: 1m",
                    option);
            AtomicBoolean stopping = new AtomicBoolean();
            CountDownLatch logging = new CountDownLatch(LOGGERS);
            int[] loggedBefore = new int[LOGGERS];
            List<Thread> loggers = new ArrayList<>();
            for (int i = 0; i < LOGGERS; i++) {
                int logger = i;
                Thread thread = new Thread(() -> {
                    for (int line = 0; !stopping.get() || line < loggedBefore[logger] + 10; line++) {
                        appender.log(appender.event(logger + " " + line));
                        if (!stopping.get()) {
                            loggedBefore[logger] = line + 1;
                        }
                        logging.countDown();
                    }
                });
                thread.start();
                loggers.add(thread);
            }
            logging.await();

            stopping.set(true);
            appender.close();

            for (Thread thread : loggers) {
                thread.join();
            }
            Map<Integer, Integer> next = new HashMap<>();
            for (String text : endpoint.lines().texts()) {
                String[] parts = text.split(" ");
                int expected = next.merge(Integer.parseInt(parts[0]), 1, Integer::sum) - 1;
                assertThat(Integer.parseInt(parts[1])).isEqualTo(expected);
            }
            for (int logger = 0; logger < LOGGERS; logger++) {
                assertThat(next.getOrDefault(logger, 0)).isGreaterThanOrEqualTo(loggedBefore[logger]);
            }
        }
    }
}
