package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.Response.StatusType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.core5.http.HttpException;
import org.glassfish.jersey.client.ClientRequest;
import org.glassfish.jersey.client.ClientResponse;
import org.glassfish.jersey.client.spi.AsyncConnectorCallback;
import org.glassfish.jersey.client.spi.Connector;

/**
 * Sends the requests of a Jersey client over an {@link HttpTransport}. It reads none of Jersey's properties, so properties
 * set for the JVM have no effect. Confined to the sender's thread.
 */
final class JerseyConnector implements Connector {

    private final HttpTransport transport;

    /** The current request. */
    @Nullable
    private Attempt attempt;

    @Nullable
    private EndpointResponse response;

    JerseyConnector(HttpTransport transport) {
        this.transport = transport;
    }

    void begin(Attempt next) {
        attempt = next;
        response = null;
    }

    /** The response to the current request, as soon as it is known. Later failures in Jersey do not change it. */
    @Nullable
    EndpointResponse response() {
        return response;
    }

    @Override
    public ClientResponse apply(ClientRequest request) {
        Attempt current = attempt;
        if (current == null || !(request.getEntity() instanceof byte[] body)) {
            throw new ProcessingException("not a request of this client");
        }
        attempt = null; // a request is sent once
        try {
            EndpointResponse answered = transport.post(request.getUri(), headers(request), body, current);
            response = answered;
            return new ClientResponse(status(answered.status()), request);
        } catch (IOException | HttpException e) {
            throw new ProcessingException(e);
        }
    }

    private static Map<String, String> headers(ClientRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.getStringHeaders().forEach((name, values) -> headers.put(name, legal(values)));
        return headers;
    }

    /** Rejects line breaks, which would start another header. */
    private static String legal(List<String> values) {
        String value = String.join(",", values);
        if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("illegal character in a header");
        }
        return value;
    }

    /** Not one of Jersey's constants, because a server may send any number. */
    private static StatusType status(int code) {
        return new StatusType() {
            @Override
            public int getStatusCode() {
                return code;
            }

            @Override
            public Status.Family getFamily() {
                return Status.Family.familyOf(code);
            }

            @Override
            public String getReasonPhrase() {
                return "";
            }
        };
    }

    /** Not supported: requests of this client are synchronous. */
    @Override
    public Future<?> apply(ClientRequest request, AsyncConnectorCallback callback) {
        ProcessingException refusal = new ProcessingException("no asynchronous requests");
        callback.failure(refusal);
        return CompletableFuture.failedFuture(refusal);
    }

    @Override
    public String getName() {
        return "dropwizard-logdna";
    }

    @Override
    public void close() {
        transport.close();
    }
}
