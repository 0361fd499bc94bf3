package io.github.dropwizardlogdna.ingestion;

import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.glassfish.jersey.client.ClientRequest;
import org.glassfish.jersey.client.ClientResponse;
import org.glassfish.jersey.client.spi.AsyncConnectorCallback;
import org.glassfish.jersey.client.spi.Connector;

/** Responds to each request with 200, without a connection: see {@link JerseyIngestionClient#link}. */
final class UnconnectedConnector implements Connector {

    @Override
    public ClientResponse apply(ClientRequest request) {
        return new ClientResponse(Response.Status.OK, request);
    }

    @Override
    public Future<?> apply(ClientRequest request, AsyncConnectorCallback callback) {
        callback.response(apply(request));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public String getName() {
        return "unconnected";
    }

    @Override
    public void close() {}
}
