package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.Nullable;
import java.time.Instant;

/**
 * One line as it arrived.
 *
 * @param metaJson the JSON of {@code meta}: an object if it is to be searchable, or a string that holds JSON
 */
public record Line(
        Instant timestamp,
        String text,
        @Nullable String level,
        @Nullable String app,
        @Nullable String env,
        @Nullable String metaJson) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The fields of the line; null if it has none. Parsed at each call: lines are kept as text, which is smaller. */
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
