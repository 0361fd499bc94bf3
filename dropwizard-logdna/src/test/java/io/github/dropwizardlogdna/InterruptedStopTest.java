package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.dropwizardlogdna.local.LocalLogDna;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shutdown code often runs on interrupted threads. An interrupt makes no wait for lines shorter, and is not lost. */
@Timeout(120)
class InterruptedStopTest {

    private static final int LINES = 500;

    /** What waits for lines when an application ends. */
    private enum Wait {
        STOP,
        FLUSH;

        void of(ConfiguredAppender appender) {
            switch (this) {
                case STOP -> appender.stop();
                case FLUSH -> assertThat(appender.appender().getMaxFlushTime()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aThreadThatWasInterruptedBeforeWaitsForAllLines(Wait wait) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start();
                ConfiguredAppender appender = appender(endpoint)) {
            log(appender);

            assertThat(isInterruptedAfter(wait, appender, () -> {}, true)).isTrue();

            assertThat(endpoint.lines()).hasSize(LINES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aThreadThatIsInterruptedMeanwhileWaitsForAllLines(Wait wait) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start();
                ConfiguredAppender appender = appender(endpoint)) {
            endpoint.hang();
            log(appender);

            assertThat(isInterruptedAfter(wait, appender, endpoint::takeAll, false))
                    .isTrue();

            assertThat(endpoint.lines()).hasSize(LINES);
        }
    }

    /** A longest wait must not be taken for one that is over. */
    @Test
    void theLongestShutdownTimeoutDoesNotOverflow() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start();
                ConfiguredAppender appender = ConfiguredAppender.of(
                        "ingestionKey: " + endpoint.ingestionKey(),
                        "endpoint: " + endpoint.url(),
                        "flushInterval: 1h",
                        "shutdownTimeout: " + Long.MAX_VALUE + "ns")) {
            log(appender);

            appender.stop();

            assertThat(endpoint.lines()).hasSize(LINES);
        }
    }

    /** Runs a wait on a thread, interrupts it again and again, and returns whether its flag is set in the end. */
    private static boolean isInterruptedAfter(
            Wait wait, ConfiguredAppender appender, Runnable whenInterrupted, boolean before) throws Exception {
        AtomicBoolean flag = new AtomicBoolean();
        Thread stopping = new Thread(() -> {
            if (before) {
                Thread.currentThread().interrupt();
            }
            wait.of(appender);
            flag.set(Thread.currentThread().isInterrupted());
        });
        stopping.start();
        for (int i = 0; !before && i < 3; i++) {
            await().atMost(Duration.ofMinutes(1)).until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
            stopping.interrupt();
        }
        whenInterrupted.run();
        stopping.join();
        return flag.get();
    }

    private static ConfiguredAppender appender(LocalLogDna endpoint) throws Exception {
        return ConfiguredAppender.of(
                "ingestionKey: " + endpoint.ingestionKey(),
                "endpoint: " + endpoint.url(),
                "flushInterval: 1h",
                "shutdownTimeout: 60s");
    }

    private static void log(ConfiguredAppender appender) {
        IntStream.range(0, LINES).forEach(i -> appender.log(appender.event("line " + i)));
    }
}
