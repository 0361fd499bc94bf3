package io.github.dropwizardlogdna.benchmarks.chaos;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a line: the {@code sequence}-th that a thread of a process has logged.
 *
 * @param process counted from 0; each start of the service is one
 * @param logger {@link ChaosService#LOGGERS}
 * @param thread counted from 0
 * @param sequence counted from 0
 */
record LineId(int process, String logger, int thread, int sequence) {

    private static final Pattern TEXT = Pattern.compile("chaos (\\d+) (\\w+) (\\d+) (\\d+)\\b");

    /** The message to log: the id, and a text that compresses like that of a service. */
    String text() {
        return "chaos " + process + " " + logger + " " + thread + " " + sequence + " order "
                + (sequence * 7919) % 10_007 + " was placed by customer " + Integer.toHexString(sequence * 31);
    }

    /** The id in a line; null if it has none. */
    @jakarta.annotation.Nullable
    static LineId in(String line) {
        Matcher matcher = TEXT.matcher(line);
        return matcher.lookingAt()
                ? new LineId(
                        Integer.parseInt(matcher.group(1)),
                        matcher.group(2),
                        Integer.parseInt(matcher.group(3)),
                        Integer.parseInt(matcher.group(4)))
                : null;
    }

    /** Whether a firewall in {@link ChaosEndpoint} objects to it. */
    boolean isSuspicious() {
        return sequence % 701 == 350;
    }

    /** The lines whose order the appender keeps. */
    Stream stream() {
        return new Stream(process, logger, thread);
    }

    record Stream(int process, String logger, int thread) {}
}
