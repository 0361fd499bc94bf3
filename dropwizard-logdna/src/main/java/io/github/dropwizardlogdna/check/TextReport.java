package io.github.dropwizardlogdna.check;

import java.io.PrintStream;
import java.util.Locale;

/** Prints each step when it ends. */
final class TextReport implements CheckReport {

    private final PrintStream out;
    private boolean anyAppender;

    TextReport(String versions, PrintStream out) {
        this.out = out;
        out.println(LogDnaCheckCommand.NAME + " with " + versions);
    }

    @Override
    public void appender(String name, String path) {
        anyAppender = true;
        out.println(name + " (" + path + ")");
    }

    @Override
    public void skipped() {
        out.println("  skipped: enabled is false");
    }

    @Override
    public void fact(String name, String value) {
        out.printf(Locale.ROOT, "  %-10s  %s%n", name, value);
    }

    @Override
    public void step(String name, boolean passed, String result, long millis) {
        fact(name, (passed ? "" : "FAILED: ") + result + " (" + millis + " ms)");
    }

    @Override
    public void delivered(String app) {
        out.println("  OK: the test line was taken. Look for \"" + EndpointCheck.TEXT + "\", app '" + app
                + "', in the log viewer.");
    }

    @Override
    public void failed(String reason, String remedy) {
        out.println("  FAILED: " + reason);
        if (!remedy.isEmpty()) {
            out.println("  What to do: " + remedy);
        }
    }

    @Override
    public void endOfAppender() {
        out.println();
    }

    @Override
    public void summary(Summary summary) {
        String result;
        if (!anyAppender) {
            result =
                    "no appender has type: logdna, neither in logging.appenders, nor in logging.loggers.NAME.appenders,"
                            + " nor in server.requestLog.appenders.";
        } else if (summary.sent() == 0) {
            result = "no appender is enabled.";
        } else {
            int spools = summary.unusableSpools();
            result = summary.taken() + " of " + summary.sent() + " test lines taken"
                    + (spools == 0 ? "." : ", " + spools + (spools == 1 ? " spool" : " spools") + " unusable.");
        }
        out.println(LogDnaCheckCommand.NAME + ": " + result);
    }
}
