package io.github.dropwizardlogdna.shipping;

/** What the endpoint's answers have taught, for the rest of the run. The sender writes, the batcher reads. */
final class EndpointTraits {

    private volatile boolean gzip;
    private volatile int largestBody = Integer.MAX_VALUE;

    EndpointTraits(boolean gzip) {
        this.gzip = gzip;
    }

    /** Whether bodies are compressed: as configured, until the endpoint said that it can't read it. */
    boolean gzip() {
        return gzip;
    }

    void takesNoGzip() {
        gzip = false;
    }

    /** The size of a body, uncompressed and in bytes, that passed after a larger one was refused for its size. */
    int largestBody() {
        return largestBody;
    }

    void takesNoMoreThan(int bytes) {
        largestBody = Math.min(largestBody, bytes);
    }
}
