package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dropwizardlogdna.local.http.Body;
import io.github.dropwizardlogdna.local.http.Exchange;
import io.github.dropwizardlogdna.local.http.Plan;
import io.github.dropwizardlogdna.local.http.Query;
import io.github.dropwizardlogdna.local.http.RequestHead;
import io.github.dropwizardlogdna.local.http.Response;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** Answers as the ingestion API does. Thread-safe. */
public final class IngestionHandler {

    public static final String PATH = "/logs/ingest";

    /** The second path is the agent's. Some clients add a slash at the end. */
    private static final Set<String> PATHS = Set.of(PATH, PATH + "/", "/logs/agent", "/logs/agent/");

    /** "10 MB", in the stricter reading, for the JSON and for its compressed form. */
    public static final int MAX_BODY_BYTES = 10_000_000;

    private final Credentials credentials;
    private final Answers answers;
    private final BatchListener listener;

    /**
     * @param ingestionKey the only key that is accepted; null to accept any
     */
    public IngestionHandler(@Nullable String ingestionKey, Answers answers, BatchListener listener) {
        this.credentials = new Credentials(ingestionKey);
        this.answers = answers;
        this.listener = listener;
    }

    /** Decides about a request whose host and origin are allowed. */
    public Plan begin(RequestHead head) {
        try {
            return plan(head);
        } catch (Refusal refusal) {
            return new Plan.Answer(refuse(head, refusal.status(), refusal.error()));
        }
    }

    /** Returns the answer to a refused request, and calls the listener. */
    public Response refuse(@Nullable RequestHead head, int status, String error) {
        report(head, status, error);
        Response response = json(status, JsonNodeFactory.instance.objectNode().put("error", error));
        return shared(head, status == 405 ? response.with("Allow", "POST") : response);
    }

    /** Calls the listener for a request that was refused elsewhere. */
    public void report(@Nullable RequestHead head, int status, String error) {
        listener.refused(RefusedRequest.of(head, status, error));
    }

    private Plan plan(RequestHead head) throws Refusal {
        if (!PATHS.contains(head.path())) {
            throw new Refusal(404, "Not found.");
        }
        if (head.method().equals("OPTIONS") && head.header("Origin") != null) {
            return new Plan.Answer(permission(head));
        }
        if (!head.method().equals("POST")) {
            throw new Refusal(405, "Method not allowed.");
        }
        Query query = Query.parse(head.query());
        List<String> keys = Credentials.of(head, query);
        if (!keys.isEmpty()) {
            credentials.check(keys);
        }
        String encoding = encoding(head);
        return new Plan.Receive(MAX_BODY_BYTES, (received, body, exchange) -> {
            try {
                receive(received, query, keys, encoding, body, exchange);
            } catch (Refusal refusal) {
                exchange.answer(refuse(received, refusal.status(), refusal.error()));
            }
        });
    }

    private void receive(
            RequestHead head, Query query, List<String> keys, String encoding, Body body, Exchange exchange)
            throws Refusal {
        Batch batch = batch(query, keys, encoding, body);
        Answers.Answer answer = answers.next(batch);
        if (answer.hangs()) {
            answers.hold(exchange);
            return;
        }
        if (answer.resets()) {
            exchange.reset();
        } else if (answer.status() >= 300) {
            Response response = refuse(head, answer.status(), "A test asked for this status.");
            for (Map.Entry<String, String> header : answer.headers().entrySet()) {
                response = response.with(header.getKey(), header.getValue());
            }
            exchange.answer(response);
        } else {
            listener.arrived(answer.taken());
            exchange.answer(shared(head, json(answer.status(), success(answer))));
        }
    }

    private static ObjectNode success(Answers.Answer answer) {
        ObjectNode success = JsonNodeFactory.instance.objectNode();
        if (answer.status() == 207) {
            answer.lineStatuses().forEach(success.putArray("status")::add);
            return success;
        }
        return success.put("status", "ok");
    }

    private Batch batch(Query query, List<String> keys, String encoding, Body body) throws Refusal {
        Instant receivedAt = Instant.now();
        CountedStream json;
        Envelope envelope;
        try (InputStream stream = encoding.equals("gzip") ? new GZIPInputStream(body.stream()) : body.stream()) {
            json = new CountedStream(stream, MAX_BODY_BYTES);
            envelope = EnvelopeReader.read(json, receivedAt);
        } catch (CountedStream.TooLargeException e) {
            throw new Refusal(413, "Payload too large.");
        } catch (IOException e) {
            throw new Refusal(400, "The body is not gzip, as its Content-Encoding says.");
        } catch (Refusal refusal) {
            if (keys.isEmpty()) {
                credentials.check(keys);
            }
            throw refusal;
        }
        if (keys.isEmpty()) {
            credentials.check(envelope.ingestionKey() == null ? List.of() : List.of(envelope.ingestionKey()));
        }
        String named = query.first("hostname");
        String hostname = named == null || named.isBlank() ? envelope.hostname() : named;
        if (hostname == null || hostname.isBlank()) {
            throw new Refusal(400, "Missing param hostname.");
        }
        List<String> tags = new ArrayList<>();
        query.all("tags").forEach(joined -> tags.addAll(EnvelopeReader.split(joined)));
        tags.addAll(envelope.tags());
        return new Batch(
                receivedAt,
                EnvelopeReader.cut(hostname, EnvelopeReader.MAX_HOSTNAME),
                tags,
                envelope.lines(),
                new Batch.Transfer(encoding, body.size(), json.count()));
    }

    private static String encoding(RequestHead head) throws Refusal {
        List<String> encodings = head.headers("Content-Encoding");
        String encoding = encodings.isEmpty()
                ? "identity"
                : String.join(",", encodings).strip().toLowerCase(Locale.ROOT);
        if (!encoding.equals("gzip") && !encoding.equals("identity")) {
            throw new Refusal(415, "Unsupported content encoding.");
        }
        return encoding;
    }

    /** Answers the preflight request of a local page, which the vendor's client for browsers causes. */
    private static Response permission(RequestHead head) {
        return shared(
                head,
                new Response(
                        204,
                        Map.of(
                                "Access-Control-Allow-Methods", "POST",
                                "Access-Control-Allow-Headers",
                                        "apikey, authorization, content-type, content-encoding, accept",
                                "Access-Control-Max-Age", "600"),
                        new byte[0]));
    }

    /** Lets a page read the answer. Requests of foreign origins were refused before. */
    private static Response shared(@Nullable RequestHead head, Response response) {
        String origin = head == null ? null : head.header("Origin");
        return origin == null
                ? response
                : response.with("Access-Control-Allow-Origin", origin).with("Vary", "Origin");
    }

    private static Response json(int status, ObjectNode body) {
        return Response.of(status, "application/json", body.toString());
    }
}
