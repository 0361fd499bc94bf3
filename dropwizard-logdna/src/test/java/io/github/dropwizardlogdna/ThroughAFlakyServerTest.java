package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.async.AsyncLoggingEventAppenderFactory;
import io.dropwizard.logging.common.filter.ThresholdLevelFilterFactory;
import io.dropwizard.logging.common.layout.DropwizardLayoutFactory;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.local.ReceivedLine;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ThroughAFlakyServerTest {

    private static final int THREADS = 8;
    private static final int LINES_OF_A_THREAD = 12_500;

    /** The buffer holds a fraction of what is logged, so that the logging threads have to wait for it again and again. */
    private static final String APPENDER = """
            type: logdna
            ingestionKey: %s
            endpoint: %s
            neverBlock: false
            queueSize: 8192
            bufferSize: 2MiB
            batchSize: 256KiB
            compression: none
            flushInterval: 100ms
            minRetryDelay: 1ms
            maxRetryDelay: 10ms
            shutdownTimeout: 30s
            """;

    private final LoggerContext context = new LoggerContext();

    @Test
    @Timeout(180)
    void deliversEachLineOnceAndKeepsTheOrderOfEachThread() throws Exception {
        context.setMDCAdapter(new LogbackMDCAdapter());
        try (LocalLogDna endpoint = LocalLogDna.start()) {
            endpoint.answerInTurn(200, 500);
            Appender<ILoggingEvent> appender = appender(endpoint);
            logFromAllThreads(appender);
            appender.stop();

            assertThat(endpoint.refused()).extracting(RefusedRequest::status).contains(500);
            Map<String, List<String>> delivered = endpoint.lines().stream()
                    .collect(Collectors.groupingBy(
                            line -> line.meta("thread").asText(),
                            Collectors.mapping(ReceivedLine::text, Collectors.toList())));
            assertThat(delivered).hasSize(THREADS);
            List<String> logged = IntStream.range(0, LINES_OF_A_THREAD)
                    .mapToObj(ThroughAFlakyServerTest::message)
                    .toList();
            // Not AssertJ's comparison of lists, which takes its time to describe a difference among so many.
            delivered.forEach((thread, lines) -> assertThat(lines.equals(logged))
                    .as("the lines of " + thread)
                    .isTrue());
        }
    }

    private Appender<ILoggingEvent> appender(LocalLogDna endpoint) throws IOException {
        ObjectMapper mapper = Jackson.newObjectMapper(new YAMLFactory());
        LogDnaAppenderFactory<ILoggingEvent> factory =
                mapper.readValue(APPENDER.formatted(endpoint.ingestionKey(), endpoint.url()), new TypeReference<>() {});
        return factory.build(
                context,
                "flaky",
                new DropwizardLayoutFactory(),
                new ThresholdLevelFilterFactory(),
                new AsyncLoggingEventAppenderFactory());
    }

    private void logFromAllThreads(Appender<ILoggingEvent> appender) throws Exception {
        Logger logger = context.getLogger("flaky");
        logger.addAppender(appender);
        CyclicBarrier allReady = new CyclicBarrier(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> work = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            work.add(threads.submit(() -> {
                allReady.await();
                for (int i = 0; i < LINES_OF_A_THREAD; i++) {
                    logger.info(message(i));
                }
                return null;
            }));
        }
        for (Future<?> each : work) {
            each.get();
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static String message(int i) {
        return "Line " + i
                + " of this thread, which is about as long as the lines that a service logs are, on the average";
    }
}
