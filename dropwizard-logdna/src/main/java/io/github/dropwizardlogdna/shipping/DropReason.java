package io.github.dropwizardlogdna.shipping;

import java.util.Locale;

/** Why lines were not delivered. */
public enum DropReason {
    /** The buffer was full. */
    FULL,
    /** The buffer was nearly full, and the line was below WARN. */
    DISCARDED,
    /** There were more events than the configured rate. */
    RATE,
    /** The endpoint refused the line for good. */
    REFUSED,
    /** The line was larger than the endpoint, or the buffer, takes. */
    TOO_LARGE,
    /** An error inside the shipper, or in a value that was logged. */
    FAILED,
    /** The buffer was full, because the spool had reached its {@code maxSize}. */
    SPOOL_FULL,
    /** The process, or the appender, ended first. */
    ABANDONED;

    /** The reason as metrics and messages spell it: {@code too-large}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
