package io.github.dropwizardlogdna.benchmarks.chaos;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many lines an appender reported as lost. While it runs, it logs each loss once, to the console: the standard output. At
 * shutdown it reports what it did not report before, by a text of its own, to both streams, because the console may have ended;
 * that text counts on the standard error stream only.
 *
 * @param all with the refused lines
 * @param notRefused without the lines that the endpoint refused
 */
record ReportedLosses(long all, long notRefused) {

    private static final Pattern LOGGED =
            Pattern.compile("Appender '(\\w+)': (\\d+) lines? w(?:as|ere) dropped \\(([\\w-]+)\\)");
    private static final Pattern AT_SHUTDOWN =
            Pattern.compile("Appender '(\\w+)': (?:before the end (\\d+) lines? w(?:as|ere) dropped \\(([\\w-]+)\\)"
                    + "|(\\d+) lines? w(?:as|ere) abandoned)");

    static ReportedLosses in(String standardOutput, String standardError, String appender) {
        long all = 0;
        long refused = 0;
        Matcher logged = LOGGED.matcher(standardOutput);
        while (logged.find()) {
            if (logged.group(1).equals(appender)) {
                long lines = Long.parseLong(logged.group(2));
                all += lines;
                refused += logged.group(3).equals("refused") ? lines : 0;
            }
        }
        Matcher last = AT_SHUTDOWN.matcher(standardError);
        while (last.find()) {
            if (last.group(1).equals(appender)) {
                long lines = Long.parseLong(last.group(2) != null ? last.group(2) : last.group(4));
                all += lines;
                refused += "refused".equals(last.group(3)) ? lines : 0;
            }
        }
        return new ReportedLosses(all, all - refused);
    }
}
