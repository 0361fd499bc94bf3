package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.http.Handler;
import io.github.dropwizardlogdna.local.http.LocalHosts;
import io.github.dropwizardlogdna.local.http.Plan;
import io.github.dropwizardlogdna.local.http.RequestHead;
import io.github.dropwizardlogdna.local.http.Response;
import io.github.dropwizardlogdna.local.ingestion.IngestionHandler;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import jakarta.annotation.Nullable;
import java.util.List;

/** Refuses requests that name a foreign host or origin. Routes the others to the tail or to the ingestion API. */
final class Routes implements Handler {

    private final LocalHosts hosts;
    private final LiveTail tail;
    private final IngestionHandler ingestion;

    Routes(LocalHosts hosts, LiveTail tail, IngestionHandler ingestion) {
        this.hosts = hosts;
        this.tail = tail;
        this.ingestion = ingestion;
    }

    @Override
    public Plan begin(RequestHead head) {
        List<String> named = head.headers("Host");
        if (named.size() != 1) {
            return refused(head, 400, "A request must have exactly one Host header.");
        }
        if (!hosts.contain(named.get(0))) {
            return refused(
                    head,
                    403,
                    "This endpoint answers only to names of this machine: use localhost, or start it with this name"
                            + " among its hosts.");
        }
        List<String> origins = head.headers("Origin");
        if (!origins.stream().allMatch(hosts::containOrigin)) {
            return refused(head, 403, "A page from another machine may not send anything here.");
        }
        Plan ofTail = tail.begin(head);
        return ofTail == null ? ingestion.begin(head) : ofTail;
    }

    private Plan refused(RequestHead head, int status, String reason) {
        // Without CORS headers: the page that sent the request must not read the answer.
        ingestion.report(head, status, reason);
        return new Plan.Answer(Response.of(status, "text/plain; charset=utf-8", reason + "\n"));
    }

    @Override
    public Response refuse(@Nullable RequestHead head, int status, String reason) {
        return ingestion.refuse(head, status, reason);
    }
}
