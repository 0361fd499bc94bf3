package io.github.dropwizardlogdna.local.ingestion;

import jakarta.annotation.Nullable;
import java.util.List;

/** What the body of a request holds: lines, and what some clients put there rather than into the query or a header. */
record Envelope(
        List<Line> lines,
        @Nullable String hostname,
        List<String> tags,
        @Nullable String ingestionKey) {}
