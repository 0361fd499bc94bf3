package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import io.github.dropwizardlogdna.appender.ApplicationAppenders;
import io.github.dropwizardlogdna.local.LocalLogDna;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of an application while threads still log, or another one stops it already. */
@Timeout(120)
class ApplicationEndTest {

    /** If the shutdown hook did not wait, the JVM would end in the middle of the stop of another thread. */
    @Test
    void theShutdownHookWaitsForAStopThatIsUnderway() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start();
                ConfiguredAppender appender = appender(endpoint, "shutdownTimeout: 1h")) {
            endpoint.hang();
            appender.log(appender.event("an order"));
            ApplicationAppenders siblings =
                    ApplicationAppenders.of((LoggerContext) appender.appender().getContext());
            Thread stops = start(appender::stop);
            await().until(() -> stops.getState() == Thread.State.TIMED_WAITING);

            Thread hook = start(siblings::stopAll);
            await().until(() -> hook.getState() == Thread.State.TIMED_WAITING || !hook.isAlive());
            assertThat(hook.isAlive()).isTrue();
            assertThat(siblings.isStopped()).isFalse();

            endpoint.takeAll();
            hook.join();
            assertThat(siblings.isStopped()).isTrue();
            assertThat(endpoint.lines()).hasSize(1);
            stops.join();
        }
    }

    /** A thread that waits for room would keep the JVM from its end until the endpoint is back. */
    @Test
    void theEndOfACommandReleasesThreadsThatWaitForRoom() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start();
                ConfiguredAppender appender = appender(
                        endpoint,
                        "neverBlock: false",
                        "bufferSize: 64KiB",
                        "batchSize: 16KiB",
                        "compression: none",
                        "shutdownTimeout: 10ms")) {
            endpoint.hang();
            Thread logs = start(
                    () -> IntStream.range(0, 5_000).forEach(i -> appender.log(appender.event("x".repeat(100) + i))));
            await().until(() -> logs.getState() == Thread.State.WAITING);

            appender.appender().getMaxFlushTime(); // called by the LoggingFactory's stop(), and nothing else is

            logs.join();
            endpoint.takeAll();
        }
    }

    private static ConfiguredAppender appender(LocalLogDna endpoint, String... options) throws Exception {
        return ConfiguredAppender.of(("ingestionKey: " + endpoint.ingestionKey() + "\nendpoint: " + endpoint.url()
                        + "\n" + String.join("\n", options))
                .split("\n"));
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.start();
        return thread;
    }
}
