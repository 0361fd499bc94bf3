package io.github.dropwizardlogdna.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.Line;
import jakarta.annotation.Nullable;
import java.time.Instant;
import java.util.List;

/** A line that has arrived, and its batch, which has the host and the tags. */
public record ReceivedLine(Line line, Batch batch) {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MAX_SHOWN = 500;

    /** The message, with the stack trace if there is one. */
    public String text() {
        return line.text();
    }

    @Nullable
    public String level() {
        return line.level();
    }

    @Nullable
    public String app() {
        return line.app();
    }

    @Nullable
    public String env() {
        return line.env();
    }

    public Instant timestamp() {
        return line.timestamp();
    }

    public String hostname() {
        return batch.hostname();
    }

    public List<String> tags() {
        return batch.tags();
    }

    /** The fields, whether sent as an object or as a string of JSON; a missing node if there are none. */
    public JsonNode meta() {
        JsonNode meta = line.meta();
        if (meta == null) {
            return MissingNode.getInstance();
        }
        if (!meta.isTextual()) {
            return meta;
        }
        try {
            return MAPPER.readTree(meta.textValue());
        } catch (JsonProcessingException e) {
            return meta;
        }
    }

    /** A field; a missing node if the line doesn't have it. */
    public JsonNode meta(String name) {
        return meta().path(name);
    }

    @Override
    public String toString() {
        String shown = line.level() + " " + line.app() + " \"" + line.text() + "\""
                + (line.metaJson() == null ? "" : " " + line.metaJson());
        return shown.length() <= MAX_SHOWN ? shown : shown.substring(0, MAX_SHOWN) + "…";
    }
}
