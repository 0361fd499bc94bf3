package io.github.dropwizardlogdna.example;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Lists at {@code /} requests to try. */
@Path("/")
@Produces(MediaType.TEXT_PLAIN)
public final class UsageResource {

    @GET
    public String usage() {
        return """
                An order service that ships its logs to LogDNA.

                POST /orders               {"customer":"Ada","items":[{"sku":"tea-01","quantity":2,"unitPrice":4.90}]}
                GET  /orders/ID
                POST /orders/ID/payment    {"token":"valid"}, or "declined", or "unreachable" for an error with its stack trace

                Send a header X-Request-Id to find all that a request logged.
                """;
    }
}
