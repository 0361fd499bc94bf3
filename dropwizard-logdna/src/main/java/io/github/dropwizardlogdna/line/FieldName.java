package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;

/**
 * The name of a field, with everything that can be derived from it in advance, because names recur. Immutable.
 */
final class FieldName {

    static final FieldName LINE_PART = of("linePart");
    static final FieldName LINE_PARTS = of("lineParts");

    static final FieldName LOGGER = of("logger");
    static final FieldName THREAD = of("thread");
    static final FieldName MARKERS = of("markers");
    static final FieldName EXCEPTION = of("exception");
    static final FieldName CALLER = of("caller");

    static final FieldName METHOD = of("method");
    static final FieldName URI = of("uri");
    static final FieldName STATUS = of("status");
    static final FieldName BYTES = of("bytes");
    static final FieldName ELAPSED_MS = of("elapsedMs");
    static final FieldName REMOTE_ADDRESS = of("remoteAddress");
    static final FieldName USER_AGENT = of("userAgent");
    static final FieldName PROTOCOL = of("protocol");

    /** The bytes of a comma, two quotes and a colon. */
    private static final int PUNCTUATION = 4;

    /** The name as it arrives: two names that differ only in lone surrogates are equal. */
    final String text;

    /** The output of {@link #write}; null for a name that is too long to cache. */
    @Nullable
    private final byte[] json;

    /** Whether a program's field of this name is renamed because we have one. */
    final boolean reserved;
    /** Whether it is renamed if the line is split. */
    final boolean reservedInParts;

    private FieldName(String text) {
        this.text = text;
        this.reserved = switch (text) {
            case "logger", "thread", "markers", "exception", "caller" -> true;
            default -> false;
        };
        this.reservedInParts = reserved || text.equals("linePart") || text.equals("lineParts");
        if (text.length() <= NameCache.MAX_CHARS) {
            JsonBuffer buffer = new JsonBuffer(text.length() + PUNCTUATION);
            writeText(buffer);
            this.json = buffer.copy();
        } else {
            this.json = null;
        }
    }

    static FieldName of(String programsName) {
        return new FieldName(Utf8.wellFormed(programsName));
    }

    /** Writes a comma, the name in quotes, and a colon. */
    void write(JsonBuffer to) {
        if (json == null) {
            writeText(to);
        } else {
            to.raw(json);
        }
    }

    boolean is(FieldName other) {
        return text.equals(other.text);
    }

    @Override
    public String toString() {
        return text;
    }

    private void writeText(JsonBuffer to) {
        to.raw(',');
        to.string(text);
        to.raw(':');
    }
}
