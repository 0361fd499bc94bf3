package io.github.dropwizardlogdna.local.http;

/** A request that can't be read: the status to answer, and the reason in words of our own. */
final class MalformedRequestException extends Exception {

    private final int status;

    MalformedRequestException(int status, String reason) {
        // Part of the server's ordinary work, so without a stack trace.
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
