package io.github.dropwizardlogdna.ingestion;

/** What the endpoint's answer means for the lines that were sent. */
public enum Outcome {
    /** The endpoint took every line. */
    DELIVERED,
    /** The endpoint took some lines; {@link Verdict#lines()} tells the fate of each (a 207). */
    DELIVERED_IN_PART,
    /** Nothing was taken for a passing reason that has nothing to do with the lines: the network, too many requests. */
    RETRY,
    /** The request was not finished in time, so the next one should be smaller. The endpoint may have the lines. */
    TIMED_OUT,
    /**
     * Nothing was taken because the endpoint answered with an error. It may pass, or be about what one of the lines
     * holds: only dividing the lines can tell.
     */
    SERVER_ERROR,
    /** Nothing was taken because the key was refused: keep the lines, try again slowly, say so loudly. */
    KEY_REFUSED,
    /** Nothing was taken because of a wrong path, a proxy or an account: as {@link #KEY_REFUSED}. */
    SETTING_AT_FAULT,
    /** Nothing was taken because one of the lines, or the request, is malformed: find it by halving. */
    BAD_REQUEST,
    /** Nothing was taken because the body is too large: send it in halves. */
    TOO_LARGE,
    /** Nothing was taken because the endpoint can't read gzip: once more without compression. */
    UNSUPPORTED_ENCODING
}
