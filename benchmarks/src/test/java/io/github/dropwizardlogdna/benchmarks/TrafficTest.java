package io.github.dropwizardlogdna.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.Test;

class TrafficTest {

    /** Text that shrinks more would make compression look cheap. */
    @Test
    void shrinksAboutFourToOne() throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(org.slf4j.MDC.getMDCAdapter());
        FloorAppender appender = new FloorAppender(FloorAppender.Stage.DEFLATE);
        appender.setContext(context);
        appender.start();
        context.getLogger("ROOT").addAppender(appender);

        // On a new thread, because the stack traces in the lines are as long as the stack.
        Thread thread = new Thread(() -> {
            Traffic traffic = Traffic.counted(context, 1);
            for (int i = 0; i < 20_000; i++) {
                traffic.beforeNext();
                traffic.log();
            }
        });
        thread.start();
        thread.join();

        assertThat((double) appender.encodedBytes() / appender.deflatedBytes()).isCloseTo(4, within(0.6));
        assertThat(appender.encodedBytes() / 20_000.0).isBetween(250.0, 350.0);
    }
}
