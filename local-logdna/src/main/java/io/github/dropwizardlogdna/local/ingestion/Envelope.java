package io.github.dropwizardlogdna.local.ingestion;

import jakarta.annotation.Nullable;
import java.util.List;

/** The content of a body: lines, and fields that some clients send in the body instead of the query or a header. */
record Envelope(
        List<Line> lines,
        @Nullable String hostname,
        List<String> tags,
        @Nullable String ingestionKey) {}
