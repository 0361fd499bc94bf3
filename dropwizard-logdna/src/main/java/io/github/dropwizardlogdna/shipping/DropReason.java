package io.github.dropwizardlogdna.shipping;

import java.util.Locale;

/** Why lines were not delivered. */
public enum DropReason {
    /** The buffer was full. */
    FULL("the buffer was full; raise bufferSize, or see why the endpoint is slow"),
    /** The buffer was nearly full, and the line was below WARN. */
    DISCARDED(
            "the buffer was nearly full, and the room that is left is for WARN and ERROR; raise bufferSize, or see why the"
                    + " endpoint is slow"),
    /** {@code messageRate} was exceeded. */
    RATE("messageRate was exceeded; raise it to ship more of them"),
    /** The endpoint refused the line for good. */
    REFUSED("the endpoint refused them for good; see what was reported about that"),
    /** The line was larger than the endpoint, or the buffer, takes. */
    TOO_LARGE("each alone was larger than the endpoint or bufferSize allows; raise bufferSize, or log less at once"),
    /** An error inside the shipper, or in what was logged. */
    FAILED("of an error in the shipper, the spool or what was logged; see what was reported about that"),
    /** The spool's directory was full. */
    SPOOL_FULL("the spool was full; raise spool.maxSize, or see why the endpoint is slow"),
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

    /** The rest of a sentence, and what to do: "10 lines were lost, because ...; raise ...". */
    public String because() {
        return because;
    }
}
