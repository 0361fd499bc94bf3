package io.github.dropwizardlogdna.local.http;

/**
 * A request that waits for its answer. Any thread may answer, once; a second answer, or one that comes when the client is
 * gone, goes nowhere. A request that is never answered occupies its connection until the client closes it.
 */
public final class Exchange {

    private final HttpServer server;
    private final Connection connection;

    Exchange(HttpServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    public void answer(Response response) {
        server.execute(() -> connection.answer(this, response));
    }

    /** Closes the connection at once, without an answer. */
    public void reset() {
        server.execute(() -> connection.reset(this));
    }
}
