package io.github.dropwizardlogdna;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Logs numbered lines for a host whose name nobody knows, says so once it has failed three times, and goes on when its
 * input ends. Arguments: the options of the appender, a line each. Prints what came of it.
 */
public final class UnknownHostProgram {

    static final int LINES = 1_000;

    private UnknownHostProgram() {}

    public static void main(String[] arguments) throws Exception {
        ConfiguredAppender appender = ConfiguredAppender.of(arguments);
        log(appender, 0, LINES / 2);
        while (appender.shipper().counts().requestsFailed() < 3) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        System.out.println("failed: " + appender.shipper().state().reason());
        System.in.readAllBytes();
        log(appender, LINES / 2, LINES);
        appender.stop();
        System.out.println("accepted " + appender.shipper().counts().accepted() + ", delivered "
                + appender.shipper().counts().delivered());
    }

    private static void log(ConfiguredAppender appender, int from, int to) {
        for (int i = from; i < to; i++) {
            appender.log(appender.event(String.valueOf(i)));
        }
    }
}
