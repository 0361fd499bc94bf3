package io.github.dropwizardlogdna.benchmarks.receiver;

/** How the receiving end behaves. */
public enum Mode {
    /** Takes everything. */
    TAKE,
    /** Answers 503 to every request. */
    UNAVAILABLE,
    /** Refuses connections, and has closed those that there were. */
    DOWN
}
