package io.github.dropwizardlogdna.shipping;

/** Whether the buffer took lines from a logging thread. */
public enum AppendResult {
    /** The lines are in the buffer. */
    ACCEPTED,
    /** The buffer has no room. */
    FULL,
    /** The free room is reserved for lines of a higher level. */
    DISCARDED,
    /** The lines would not fit into an empty buffer. */
    TOO_LARGE,
    /** Shipping has ended. */
    CLOSED
}
