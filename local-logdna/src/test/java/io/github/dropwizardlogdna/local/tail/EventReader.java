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

/** A browser that reads the tail: events as they are on the wire, and what is in them. */
public final class EventReader implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final BufferedReader reader;

    private EventReader(BufferedReader reader) {
        this.reader = reader;
    }

    /** Connects, with further headers in pairs of a name and a value. */
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

    /** The rows of the next block, up to the empty row that ends it; waits for it. */
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

    /** The next event, comments and the time to reconnect skipped. */
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

    /** An event, as tail.js has it. */
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
