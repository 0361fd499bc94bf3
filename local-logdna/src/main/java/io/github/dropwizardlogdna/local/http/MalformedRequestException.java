package io.github.dropwizardlogdna.local.http;

/** Thrown for a malformed request. Has the status to answer, and a reason that quotes nothing from the request. */
final class MalformedRequestException extends Exception {

    private final int status;

    MalformedRequestException(int status, String reason) {
        // Thrown in normal operation, so without a stack trace.
        super(reason, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
