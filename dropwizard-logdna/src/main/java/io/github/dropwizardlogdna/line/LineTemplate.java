package io.github.dropwizardlogdna.line;

import static io.github.dropwizardlogdna.line.JsonBuffer.ascii;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.Nullable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The constant parts of the lines of a format, as bytes. Immutable, so that all encoders share it. */
final class LineTemplate {

    /** Precedes the time. */
    static final byte[] START = ascii("{\"timestamp\":");
    /** Goes between the time and the text. */
    static final byte[] BEFORE_TEXT = ascii(",\"line\":\"");
    /** Follows the meta. */
    static final byte[] END = ascii("},\n");

    private final byte[] error;
    private final byte[] warn;
    private final byte[] info;
    private final byte[] debug;
    private final byte[] trace;
    private final Map<FieldName, Object> fixed = new LinkedHashMap<>();

    LineTemplate(LineFormat<?> format) {
        error = afterText("ERROR", format);
        warn = afterText("WARN", format);
        info = afterText("INFO", format);
        debug = afterText("DEBUG", format);
        trace = afterText("TRACE", format);
        format.meta().forEach((name, configured) -> {
            Object value = fixed(configured);
            if (name != null && value != null) {
                fixed.put(FieldName.of(name), value);
            }
        });
    }

    /** The part between the text and the meta: level, app, env. */
    byte[] afterText(@Nullable Level level) {
        int severity = level == null ? Level.INFO_INT : level.toInt();
        if (severity >= Level.WARN_INT) {
            return severity >= Level.ERROR_INT ? error : warn;
        }
        if (severity >= Level.INFO_INT) {
            return info;
        }
        return severity >= Level.DEBUG_INT ? debug : trace;
    }

    void forEachFixed(BiConsumer<FieldName, Object> action) {
        fixed.forEach(action);
    }

    private static byte[] afterText(String level, LineFormat<?> format) {
        JsonBuffer json = new JsonBuffer();
        json.raw(ascii("\",\"level\":"));
        json.string(level);
        json.raw(ascii(",\"app\":"));
        String app = format.app();
        json.string(app.substring(0, Utf8.boundary(app, Math.min(app.length(), Limits.APP_CHARS))));
        String env = format.env();
        if (env != null) {
            json.raw(ascii(",\"env\":"));
            json.string(env);
        }
        json.raw(ascii(",\"meta\":"));
        return json.copy();
    }

    /** Like {@link FieldValues#of}, but a map or a collection becomes bytes of JSON. */
    @Nullable
    private static Object fixed(@Nullable Object value) {
        if (value instanceof Map || value instanceof Collection) {
            try {
                return new ObjectMapper().writeValueAsBytes(value);
            } catch (JsonProcessingException e) {
                return FieldValues.text(value);
            }
        }
        return FieldValues.of(value);
    }
}
