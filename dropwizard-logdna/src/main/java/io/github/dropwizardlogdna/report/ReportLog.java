package io.github.dropwizardlogdna.report;

import jakarta.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of all reports of this process: the logger {@value #LOGGER}, whose events reach the application's other appenders,
 * and the standard error stream.
 *
 * <p>A text is formatted at once and written by a separate thread, because the application's appenders may block: delivery
 * must not wait for a stuck console. Any thread.
 */
public final class ReportLog {

    /** The logger of the reports. Its events are never shipped; all other appenders receive them. */
    public static final String LOGGER = "io.github.dropwizardlogdna";

    private static final Logger REPORTS = LoggerFactory.getLogger(LOGGER);

    /** Two queues, because the logger may be stuck while the standard error stream is not. */
    private static final ReportQueue LOG = new ReportQueue(
            "logdna-reports",
            skipped -> REPORTS.warn(Message.REPORTS_SKIPPED.with(counted(skipped, "report is", "reports are"))));

    private static final ReportQueue STDERR = new ReportQueue("logdna-stderr", skipped -> {});

    private ReportLog() {}

    /** Whether a logger is the one of the reports. */
    public static boolean isReport(@Nullable String loggerName) {
        return LOGGER.equals(loggerName);
    }

    /** Logs a message; returns false if too many reports are waiting. */
    public static boolean log(Message message, Object... values) {
        return log(null, message, values);
    }

    /** Logs a message with the stack trace of its cause; returns false if too many reports are waiting. */
    static boolean log(@Nullable Throwable cause, Message message, Object... values) {
        return LOG.offer(report(cause, message, message.with(values)));
    }

    /** Logs a message that must not be missing: on this thread, which may wait then, if no other can be started. */
    static void logSurely(@Nullable Throwable cause, Message message, Object... values) {
        LOG.offerOrWrite(report(cause, message, message.with(values)));
    }

    private static Runnable report(@Nullable Throwable cause, Message message, String text) {
        return () -> REPORTS.atLevel(message.level())
                .setMessage(text)
                .setCause(cause)
                .log();
    }

    /** Logs a message and prints it to the standard error stream. May wait, as {@link #logSurely}. */
    static void logAndPrint(Message message, Object... values) {
        logSurely(null, message, values);
        String text = message.level() + " " + LOGGER + ": " + message.with(values);
        STDERR.offerOrWrite(() -> System.err.println(text));
    }

    /** Waits up to two seconds, one for each destination, until all reports are written. */
    public static void awaitWritten() {
        LOG.awaitWritten();
        STDERR.awaitWritten();
    }

    static String counted(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }
}
