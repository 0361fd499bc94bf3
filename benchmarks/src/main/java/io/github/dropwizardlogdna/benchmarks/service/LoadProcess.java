package io.github.dropwizardlogdna.benchmarks.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The load generator, as the program sees that uses it. */
final class LoadProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final int connections;
    private final ChildProcess process;

    /** @param connections that send requests */
    LoadProcess(int connections) throws IOException {
        this.connections = connections;
        process = new ChildProcess(List.of(), LoadGenerator.class, "-Xmx256m", "-XX:+UseSerialGC");
    }

    /** Each connection sends its next request as soon as it has the answer. */
    LoadResult full(int port, double seconds) {
        return of(connections, port, seconds);
    }

    /** The same, with so many connections. */
    LoadResult of(int some, int port, double seconds) {
        return ask(port + " " + some + " 0 " + seconds);
    }

    /** So many requests a second of all connections together. */
    LoadResult rate(int port, int perSecond, double seconds) {
        // Four times as many connections: at a fixed rate a slow answer must not keep the others waiting.
        return ask(port + " " + 4 * connections + " " + perSecond + " " + seconds);
    }

    /**
     * Sends one request.
     *
     * @throws IllegalStateException if the answer is not 200
     */
    LoadResult first(int port) {
        LoadResult first = ask(port + " 1 1 0.5");
        if (first.requests() != 1) {
            throw new IllegalStateException("the service does not answer");
        }
        return first;
    }

    private LoadResult ask(String command) {
        try {
            return JSON.readValue(process.ask(command), LoadResult.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
