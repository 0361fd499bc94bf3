package io.github.dropwizardlogdna.ingestion;

import java.io.IOException;

/** A proxy refused to open a tunnel to the endpoint. */
final class ProxyRefusedException extends IOException {

    private final int status;

    ProxyRefusedException(int status) {
        super("the proxy answered " + status);
        this.status = status;
    }

    int status() {
        return status;
    }
}
