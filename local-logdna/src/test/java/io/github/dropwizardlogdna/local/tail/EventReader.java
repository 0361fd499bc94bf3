package io.github.dropwizardlogdna.local.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** Reads the tail as a browser does: events as they are on the wire, and their content. */
public final class EventReader implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final BufferedReader reader;

    private EventReader(BufferedReader reader) {
        this.reader = reader;
    }

    /** Connects; further headers are alternating names and values. */
    public static EventReader open(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> response = HTTP.send(request.build(), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        return new EventReader(new BufferedReader(new InputStreamReader(response.body(), UTF_8)));
    }

    /** Waits for the next block and returns its rows, without the empty row at its end. */
    public List<String> nextBlock() throws IOException {
        List<String> rows = new ArrayList<>();
        for (String row = reader.readLine(); row != null; row = reader.readLine()) {
            if (row.isEmpty()) {
                return rows;
            }
            rows.add(row);
        }
        throw new IOException("The stream ended with " + rows);
    }

    /** Returns the next event; skips comments and the retry time. */
    public Event next() throws IOException {
        List<String> rows = nextBlock();
        while (rows.get(0).startsWith(":") || rows.get(0).startsWith("retry:")) {
            rows = nextBlock();
        }
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).startsWith("id: ");
        assertThat(rows.get(1)).isEqualTo("event: lines");
        assertThat(rows.get(2)).startsWith("data: ");
        return new Event(
                rows.get(0).substring("id: ".length()),
                MAPPER.readTree(rows.get(2).substring("data: ".length())));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }

    /** An event, as tail.js receives it. */
    public record Event(String id, JsonNode data) {

        public List<JsonNode> lines() {
            List<JsonNode> lines = new ArrayList<>();
            data.get("lines").forEach(lines::add);
            return lines;
        }

        public long skipped() {
            return data.get("skipped").longValue();
        }
    }
}
