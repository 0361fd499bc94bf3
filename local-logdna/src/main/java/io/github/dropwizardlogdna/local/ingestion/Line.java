package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.Nullable;
import java.time.Instant;

/**
 * A received line.
 *
 * @param metaJson the JSON of {@code meta}: an object, which is searchable, or a string that contains JSON
 */
public record Line(
        Instant timestamp,
        String text,
        @Nullable String level,
        @Nullable String app,
        @Nullable String env,
        @Nullable String metaJson) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The fields of the line; null if it has none. Parsed at each call, because text takes less memory. */
    @Nullable
    public JsonNode meta() {
        if (metaJson == null) {
            return null;
        }
        try {
            return MAPPER.readTree(metaJson);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not JSON: " + metaJson, e);
        }
    }
}
