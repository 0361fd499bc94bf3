package io.github.dropwizardlogdna.line;

import ch.qos.logback.classic.spi.IThrowableProxy;
import jakarta.annotation.Nullable;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Marker;

/**
 * Collects our own fields: those that describe the event itself. A missing value is left out. For one thread at a time.
 */
final class OwnFields {

    /** The class name of a caller that Logback could not find. */
    private static final String UNKNOWN_CALLER = "?";

    private final Fields fields;
    private final EventBudget budget;
    private final EventRedactor redactor;
    private final boolean includeCaller;
    private final MarkerNames markers;

    @Nullable
    private final UnaryOperator<String> redactMarker;

    /** The names of loggers and threads as JSON. */
    private final NameCache<byte[]> names = new NameCache<>(this::json);

    private final JsonBuffer nameBuffer = new JsonBuffer();

    @Nullable
    private String lastThread;

    @Nullable
    private Object lastThreadValue;

    OwnFields(LineFormat<?> format, Fields fields, MarkerNames markers, EventBudget budget, EventRedactor redactor) {
        this.fields = fields;
        this.markers = markers;
        this.budget = budget;
        this.redactor = redactor;
        this.includeCaller = format.includeCallerData();
        this.redactMarker = redactor.isActive() ? redactor::redacted : null;
    }

    /** Marks the fields so far as repeated in each part of a split line; later ones are in the first part only. */
    void repeatInEachPart() {
        fields.repeatInEachPart();
    }

    void putLogger(@Nullable String name) {
        if (name != null) {
            fields.putOwn(FieldName.LOGGER, name(name, name.length()));
        }
    }

    /** Puts the name of the thread, unless it has none. The last one is cached, because it stays the same during a request. */
    void putThread(@Nullable String name) {
        if (name == null) {
            return;
        }
        if (!isSame(name, lastThread)) {
            int end = ThreadNames.end(name);
            Object value = end == 0 ? null : name(name, end);
            if (end > NameCache.MAX_CHARS) {
                // Not kept, because its redaction depends on what was left of this event's budget.
                fields.putOwn(FieldName.THREAD, value);
                return;
            }
            lastThreadValue = value;
            lastThread = name;
        }
        fields.putOwn(FieldName.THREAD, lastThreadValue);
    }

    void putMarkers(@Nullable List<Marker> eventMarkers) {
        if (eventMarkers != null && !eventMarkers.isEmpty()) {
            markers.collect(eventMarkers, budget, redactMarker);
            fields.putOwn(FieldName.MARKERS, markers.names());
        }
    }

    void putException(@Nullable IThrowableProxy throwable) {
        if (throwable != null) {
            String className = redactor.redacted(FieldValues.text(throwable.getClassName()));
            String message = throwable.getMessage();
            fields.putOwn(
                    FieldName.EXCEPTION,
                    new ExceptionSummary(className, message == null ? null : redactor.redacted(message)));
        }
    }

    /** Whether the caller is wanted, which is slow to find. */
    boolean includeCaller() {
        return includeCaller;
    }

    void putCaller(@Nullable StackTraceElement[] callerData) {
        if (callerData == null || callerData.length == 0 || callerData[0] == null) {
            return;
        }
        StackTraceElement caller = callerData[0];
        if (!caller.getClassName().equals(UNKNOWN_CALLER)) {
            fields.putOwn(FieldName.CALLER, redacted(caller));
        }
    }

    void putText(FieldName name, @Nullable String text) {
        if (text != null) {
            fields.putOwn(name, redactor.redacted(text));
        }
    }

    /** Puts a number unless it is negative, which means unknown. */
    void putNumber(FieldName name, long number) {
        if (number >= 0) {
            fields.putOwn(name, number);
        }
    }

    @SuppressWarnings("ReferenceEquality") // for speed: an equal name is found in the cache
    private static boolean isSame(String a, @Nullable String b) {
        return a == b;
    }

    /** The first {@code end} characters of a name, as bytes of JSON if they are short enough to be cached. */
    private Object name(String name, int end) {
        return end <= NameCache.MAX_CHARS ? names.get(name, end) : redactor.redacted(name.substring(0, end));
    }

    private byte[] json(String name) {
        nameBuffer.clear();
        nameBuffer.string(redactor.redactedForCache(name));
        return nameBuffer.copy();
    }

    private StackTraceElement redacted(StackTraceElement caller) {
        if (!redactor.isActive()) {
            return caller;
        }
        String file = caller.getFileName();
        return new StackTraceElement(
                redactor.redacted(caller.getClassName()),
                redactor.redacted(caller.getMethodName()),
                file == null ? null : redactor.redacted(file),
                caller.getLineNumber());
    }
}
