package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.nio.ByteBuffer;

/**
 * The source of a stream. The server asks for the next bytes when the client has received the previous ones, so a slow
 * client costs the memory of one answer. Called by the server's thread only; must not block.
 */
public interface EventSource {

    /** Returns the next bytes; null if there are none yet. */
    @Nullable
    ByteBuffer next();

    /** Returns bytes that keep an idle connection open. */
    ByteBuffer heartbeat();

    /** Called when the connection is closed. */
    void closed();
}
