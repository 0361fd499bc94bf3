package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.nio.ByteBuffer;

/**
 * What a stream has to send. The server asks when the client has taken what came before, so a slow client costs no more
 * than one answer of this. Called by the server's thread only, so it must not wait.
 */
public interface EventSource {

    /** The next bytes; null if there are none at present. */
    @Nullable
    ByteBuffer next();

    /** What keeps the connection while there is nothing to send. */
    ByteBuffer heartbeat();

    /** The client is gone. */
    void closed();
}
