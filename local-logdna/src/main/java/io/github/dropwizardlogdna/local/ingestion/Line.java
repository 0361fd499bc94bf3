package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** One line as it arrived. {@code meta} is an object where it is to be searchable, and a string of JSON otherwise. */
public record Line(
        Instant timestamp,
        String text,
        @Nullable String level,
        @Nullable String app,
        @Nullable String env,
        @Nullable JsonNode meta) {

    /**
     * The real server cuts a line at "16 KB". It doesn't say which: this is the stricter reading, so that what arrives
     * whole here arrives whole there.
     */
    public static final int MAX_TEXT_BYTES = 16_000;

    /** Reads a line of a request; null where it is none. */
    @Nullable
    static Line of(JsonNode json, Instant receivedAt) {
        JsonNode text = json.path("line");
        if (!text.isTextual()) {
            return null;
        }
        JsonNode timestamp = json.path("timestamp");
        return new Line(
                timestamp.canConvertToLong() ? Instant.ofEpochMilli(timestamp.longValue()) : receivedAt,
                truncated(text.textValue()),
                json.path("level").textValue(),
                json.path("app").textValue(),
                json.path("env").textValue(),
                json.get("meta"));
    }

    private static String truncated(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_TEXT_BYTES) {
            return text;
        }
        int end = MAX_TEXT_BYTES;
        while (isContinuation(bytes[end])) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Whether a byte goes on with a character of UTF-8 that began before it. */
    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }
}
