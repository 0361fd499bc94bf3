package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import jakarta.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/** Answers as the ingestion API does. Any number of threads may be in it at once. */
public final class IngestionHandler extends Handler.Abstract {

    public static final String PATH = "/logs/ingest";

    /** "10 MB", in the stricter reading, and for the JSON as for its compressed form. */
    public static final int MAX_BODY_BYTES = 10_000_000;

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectReader ENVELOPE = MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final byte[] ingestionKey;
    private final List<BatchListener> listeners;

    public IngestionHandler(String ingestionKey, List<BatchListener> listeners) {
        this.ingestionKey = ingestionKey.getBytes(StandardCharsets.UTF_8);
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
        try {
            Batch batch = receive(request);
            listeners.forEach(listener -> listener.arrived(batch));
            answer(response, callback, HttpStatus.OK_200, Map.of("status", "ok"));
        } catch (Refusal refusal) {
            drain(request);
            if (refusal.status() == HttpStatus.METHOD_NOT_ALLOWED_405) {
                response.getHeaders().put(HttpHeader.ALLOW, HttpMethod.POST.asString());
            }
            answer(response, callback, refusal.status(), Map.of("error", String.valueOf(refusal.getMessage())));
        }
        return true;
    }

    private Batch receive(Request request) throws IOException, Refusal {
        if (!PATH.equals(Request.getPathInContext(request))) {
            throw new Refusal(HttpStatus.NOT_FOUND_404, "Not found.");
        }
        if (!HttpMethod.POST.is(request.getMethod())) {
            throw new Refusal(HttpStatus.METHOD_NOT_ALLOWED_405, "Method not allowed.");
        }
        checkKey(request.getHeaders().get("apikey"));
        Fields query = Request.extractQueryParameters(request);
        String hostname = query.getValue("hostname");
        if (hostname == null || hostname.isBlank()) {
            throw new Refusal(HttpStatus.BAD_REQUEST_400, "Missing param hostname.");
        }
        String encoding = encoding(request.getHeaders().get(HttpHeader.CONTENT_ENCODING));
        byte[] wire = atMost10Megabytes(Content.Source.asInputStream(request));
        byte[] json = encoding.equals("gzip") ? unzipped(wire) : wire;
        Instant receivedAt = Instant.now();
        return new Batch(
                receivedAt,
                hostname,
                tags(query.getValue("tags")),
                lines(json, receivedAt),
                new Batch.Transfer(encoding, wire.length, json.length));
    }

    private void checkKey(@Nullable String key) throws Refusal {
        if (key == null || key.isBlank()) {
            throw new Refusal(HttpStatus.UNAUTHORIZED_401, "Missing ingestion key.");
        }
        if (!MessageDigest.isEqual(ingestionKey, key.getBytes(StandardCharsets.UTF_8))) {
            throw new Refusal(HttpStatus.FORBIDDEN_403, "Account not found or inactive");
        }
    }

    private static String encoding(@Nullable String contentEncoding) throws Refusal {
        String encoding =
                contentEncoding == null ? "identity" : contentEncoding.strip().toLowerCase(Locale.ROOT);
        if (!encoding.equals("gzip") && !encoding.equals("identity")) {
            throw new Refusal(HttpStatus.UNSUPPORTED_MEDIA_TYPE_415, "Unsupported content encoding.");
        }
        return encoding;
    }

    private static byte[] unzipped(byte[] gzip) throws IOException, Refusal {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            return atMost10Megabytes(in);
        } catch (ZipException | EOFException e) {
            throw new Refusal(HttpStatus.BAD_REQUEST_400, "The body is not gzip, as its Content-Encoding says.");
        }
    }

    /** Reads no further than the limit, so that a small body that unzips to a huge one costs no more than this. */
    private static byte[] atMost10Megabytes(InputStream in) throws IOException, Refusal {
        byte[] bytes = in.readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length > MAX_BODY_BYTES) {
            throw new Refusal(HttpStatus.PAYLOAD_TOO_LARGE_413, "Payload too large.");
        }
        return bytes;
    }

    private static List<String> tags(@Nullable String tags) {
        return tags == null || tags.isBlank() ? List.of() : List.of(tags.split(","));
    }

    private static List<Line> lines(byte[] json, Instant receivedAt) throws IOException, Refusal {
        JsonNode envelope;
        try {
            envelope = ENVELOPE.readTree(json);
        } catch (JsonProcessingException e) {
            throw badParameters();
        }
        if (!envelope.path("lines").isArray()) {
            throw badParameters();
        }
        List<Line> lines = new ArrayList<>();
        for (JsonNode element : envelope.path("lines")) {
            Line line = Line.of(element, receivedAt);
            if (line == null) {
                throw badParameters();
            }
            lines.add(line);
        }
        return lines;
    }

    private static Refusal badParameters() {
        return new Refusal(HttpStatus.BAD_REQUEST_400, "Bad or missing parameters.");
    }

    /**
     * Reads what is left of a refused request. A sender that is still writing when the connection closes sees that it was
     * reset, instead of the answer.
     */
    private static void drain(Request request) throws IOException {
        Content.Source.asInputStream(request).skip(2L * MAX_BODY_BYTES);
    }

    private static void answer(Response response, Callback callback, int status, Map<String, String> body)
            throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        Content.Sink.write(response, true, MAPPER.writeValueAsString(body), callback);
    }
}
