package io.github.dropwizardlogdna.line;

import ch.qos.logback.core.Layout;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import jakarta.annotation.Nullable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The format of an appender's lines. Immutable, and shared by all of its encoders.
 *
 * @param app the name of the application; only its first 512 characters are used
 * @param env left out of the lines when null
 * @param meta fixed fields; maps and lists in it become objects and arrays, null values are left out
 * @param indexMeta whether {@code meta} is an object (searchable) or a string that holds JSON (shown only)
 * @param includesMdcKeys the MDC entries that become fields; all of them when empty
 * @param excludesMdcKeys the MDC entries that don't; wins over {@code includesMdcKeys}
 * @param parseJson whether the server may parse a line that ends in a brace; if not, a period is appended to it
 * @param redaction removes secrets from the text and the values of a line; null for none
 * @param layout prints the line; null for the message and the stack trace. Called by many threads at once
 * @param <E> {@code ILoggingEvent} or {@code IAccessEvent}
 */
public record LineFormat<E extends DeferredProcessingAware>(
        String app,
        @Nullable String env,
        Map<String, Object> meta,
        boolean indexMeta,
        Set<String> includesMdcKeys,
        Set<String> excludesMdcKeys,
        OversizeLines oversizeLines,
        boolean parseJson,
        boolean includeCallerData,
        @Nullable Redaction redaction,
        @Nullable Layout<E> layout) {

    public LineFormat {
        meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
        includesMdcKeys = Set.copyOf(includesMdcKeys);
        excludesMdcKeys = Set.copyOf(excludesMdcKeys);
    }
}
