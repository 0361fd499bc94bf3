package io.github.dropwizardlogdna.local.ingestion;

import java.time.Instant;
import java.util.List;

/** What one request brought: lines, who sent them, and how. */
public record Batch(Instant receivedAt, String hostname, List<String> tags, List<Line> lines, Transfer transfer) {

    public Batch {
        tags = List.copyOf(tags);
        lines = List.copyOf(lines);
    }

    /** What the batch weighed: bytes on the wire, and bytes of JSON. */
    public record Transfer(String encoding, int wireBytes, int jsonBytes) {}
}
