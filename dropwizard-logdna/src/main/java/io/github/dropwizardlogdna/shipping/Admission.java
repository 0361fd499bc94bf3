package io.github.dropwizardlogdna.shipping;

/** What became of lines that a logging thread handed over. */
public enum Admission {
    /** They are in the buffer. */
    ACCEPTED,
    /** The buffer has no room for them. */
    FULL,
    /** The room that is left is kept for lines of a higher level. */
    DISCARDED,
    /** They would not fit into an empty buffer. */
    TOO_LARGE,
    /** Shipping has ended. */
    CLOSED
}
