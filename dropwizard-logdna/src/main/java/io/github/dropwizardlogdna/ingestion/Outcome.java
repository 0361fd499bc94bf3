package io.github.dropwizardlogdna.ingestion;

/** The consequence of a request for the lines that were sent. */
public enum Outcome {
    /** The endpoint accepted every line. */
    DELIVERED,
    /** The endpoint accepted some lines (a 207); {@link Verdict#lines()} has the outcome of each. */
    DELIVERED_IN_PART,
    /** Nothing was accepted for a temporary reason unrelated to the lines: the network, too many requests. */
    RETRY,
    /**
     * The request had begun, and there was no response that can be read. The endpoint may have accepted the lines.
     * Mostly temporary; but a firewall may end a connection because of a line, and a server because of the size, so dividing
     * the batch must find out.
     */
    NO_RESPONSE,
    /** The request was not finished in time, so the next one should be smaller. The endpoint may have accepted the lines. */
    TIMED_OUT,
    /**
     * Nothing was accepted because of an error of the endpoint. It may be temporary, or caused by the content of a line: only
     * dividing the batch can find out.
     */
    SERVER_ERROR,
    /** Nothing was accepted because the key was refused: keep the lines, retry slowly, and log an ERROR. */
    KEY_REFUSED,
    /** Nothing was accepted because of a wrong path, a proxy or an account: like {@link #KEY_REFUSED}. */
    SETTING_AT_FAULT,
    /** Nothing was accepted because a line or the request is malformed: divide the batch to find it. */
    BAD_REQUEST,
    /** Nothing was accepted because the body is too large: send it in halves. */
    TOO_LARGE,
    /** Nothing was accepted because the endpoint does not support gzip: resend without compression. */
    UNSUPPORTED_ENCODING
}
