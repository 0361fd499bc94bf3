package io.github.dropwizardlogdna.local.ingestion;

/** A request that is not taken: the status, and the {@code error} of the answer. */
final class Refusal extends Exception {

    private final int status;

    Refusal(int status, String error) {
        // Part of the endpoint's ordinary work, so without a stack trace.
        super(error, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    String error() {
        return String.valueOf(getMessage());
    }
}
