package io.github.dropwizardlogdna.shipping;

import java.util.Arrays;

/** The form of lines, for the few cases in which the shipper itself writes or changes one. Any thread. */
@FunctionalInterface
public interface LineForm {

    /** A WARN line with this text, in the form that {@link Shipper#append} takes. */
    byte[] encode(String text);

    /** The age in nanoseconds from which lines of this process are late; see {@link #withTimes}. */
    default long lateAge() {
        return Long.MAX_VALUE;
    }

    /**
     * Prefixes the text of each late line with its own time, because the endpoint replaces the timestamp of a line
     * that is too old. The result has the same number of lines.
     *
     * @param bytes contains the lines from {@code from} to {@code to}; no separator follows the last one
     */
    default byte[] withTimes(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }
}
