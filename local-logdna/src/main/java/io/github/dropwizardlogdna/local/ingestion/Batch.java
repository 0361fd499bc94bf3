package io.github.dropwizardlogdna.local.ingestion;

import java.time.Instant;
import java.util.List;

/** The lines of one request, with their origin and their size. */
public record Batch(Instant receivedAt, String hostname, List<String> tags, List<Line> lines, Transfer transfer) {

    public Batch {
        tags = List.copyOf(tags);
        lines = List.copyOf(lines);
    }

    /** The size of a batch: bytes on the wire, and bytes of JSON. */
    public record Transfer(String encoding, int wireBytes, int jsonBytes) {}
}
