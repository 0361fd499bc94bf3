package io.github.dropwizardlogdna.shipping;

import java.util.Locale;

/** Why lines were not delivered. */
public enum DropReason {
    /** The buffer was full. */
    FULL("the buffer was full: raise bufferSize, or see why the endpoint is slow"),
    /** The buffer was nearly full, and the line was below WARN. */
    DISCARDED("the buffer was nearly full, which leaves room for WARN and ERROR only"),
    /** {@code messageRate} was exceeded. */
    RATE("messageRate was exceeded"),
    /** The endpoint refused the line for good. */
    REFUSED("the endpoint refused them for good"),
    /** The line was larger than the endpoint, or the buffer, takes. */
    TOO_LARGE("each alone was larger than the endpoint or bufferSize allows"),
    /** An error inside the shipper, or in what was logged. */
    FAILED("of an error in the shipper or in what was logged"),
    /** The spool's directory was full. */
    SPOOL_FULL("the spool was full: raise spool.maxSize"),
    /** The process, or the appender, ended first. */
    ABANDONED("the process ended first");

    private final String because;

    DropReason(String because) {
        this.because = because;
    }

    /** The reason as metrics and messages spell it: {@code too-large}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The rest of a sentence: "10 lines were lost because ...". */
    public String because() {
        return because;
    }
}
