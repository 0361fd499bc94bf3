package io.github.dropwizardlogdna;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import com.fasterxml.jackson.core.type.TypeReference;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.LoggingUtil;
import io.dropwizard.logging.common.async.AsyncLoggingEventAppenderFactory;
import io.dropwizard.logging.common.filter.ThresholdLevelFilterFactory;
import io.dropwizard.logging.common.layout.DropwizardLayoutFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Logs numbered lines through an appender with a spool, as fast as a busy service, and prints now and then how far it has
 * got and when; {@code -Dlines-a-millisecond} slows it down. Arguments: the options of the appender as JSON, the first
 * number, the number after the last.
 */
public final class KilledProgram {

    private static final int LINES_A_MILLISECOND = Integer.getInteger("lines-a-millisecond", 40);

    private KilledProgram() {}

    public static void main(String[] arguments) throws Exception {
        LoggerContext context = LoggingUtil.getLoggerContext();
        context.reset();
        Logger logger = context.getLogger("killed");
        logger.setAdditive(false);
        logger.addAppender(appender(context, arguments[0]));
        int end = Integer.parseInt(arguments[2]);
        for (int i = Integer.parseInt(arguments[1]); i < end; i++) {
            logger.info("{}", i);
            if (i % LINES_A_MILLISECOND == 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                System.out.println("logged " + i + " at " + System.currentTimeMillis());
            }
        }
        System.out.println("logged all at " + System.currentTimeMillis());
    }

    private static Appender<ILoggingEvent> appender(LoggerContext context, String options) throws Exception {
        return Jackson.newObjectMapper()
                .readValue(options, new TypeReference<LogDnaAppenderFactory<ILoggingEvent>>() {})
                .build(
                        context,
                        "killed",
                        new DropwizardLayoutFactory(),
                        new ThresholdLevelFilterFactory(),
                        new AsyncLoggingEventAppenderFactory());
    }
}
