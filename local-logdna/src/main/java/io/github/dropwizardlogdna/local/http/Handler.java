package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;

/** What is served. Called by the server's thread, so it must not wait. */
public interface Handler {

    Plan begin(RequestHead head);

    /**
     * The answer to a request that the server itself refuses: it can't be read, is too large or too slow.
     *
     * @param head null if it could not be read
     */
    Response refuse(@Nullable RequestHead head, int status, String reason);
}
