package io.github.dropwizardlogdna.local.ingestion;

/** Thrown for a request that is refused. Has the status and the {@code error} of the answer. */
final class Refusal extends Exception {

    private final int status;

    Refusal(int status, String error) {
        // Thrown in normal operation, so without a stack trace.
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
