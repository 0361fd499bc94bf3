package io.github.dropwizardlogdna.local.http;

/**
 * A request that waits for its answer. Any thread may answer. Only the first answer counts, and none does after the client
 * has closed the connection. An unanswered request occupies its connection until the client closes it.
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

    /** Closes the connection without an answer. */
    public void reset() {
        server.execute(() -> connection.reset(this));
    }
}
