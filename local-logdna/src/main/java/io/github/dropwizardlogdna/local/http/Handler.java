package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;

/** Decides about requests. Called by the server's thread; must not block. */
public interface Handler {

    Plan begin(RequestHead head);

    /**
     * Returns the answer to a request that the server itself refuses because it is malformed, too large or too slow.
     *
     * @param head null if it could not be read
     */
    Response refuse(@Nullable RequestHead head, int status, String reason);
}
