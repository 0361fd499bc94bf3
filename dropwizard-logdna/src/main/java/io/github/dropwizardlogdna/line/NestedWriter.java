package io.github.dropwizardlogdna.line;

import static io.github.dropwizardlogdna.line.JsonBuffer.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.annotation.Nullable;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Writes a map, a collection or an array as JSON, within bounds of depth, width, bytes and work; a mark stands where
 * something is cut. No size is asked for, as it may be wrong.
 *
 * <p>Redaction meets each text, each number, each name, what a map's {@code toString} would print of an entry
 * ({@code name=value}), and the JSON as a whole. For one thread at a time.
 */
final class NestedWriter {

    /** As deep as LogDNA searches. */
    private static final int MAX_DEPTH = 3;

    private static final int MAX_ENTRIES = 1_000;
    /** Half of what all fields may take together. */
    private static final int MAX_BYTES = Limits.META_BYTES / 2;

    private static final String CYCLIC = "… [cyclic]";
    private static final String CUT_NAME = "_cut";
    private static final byte[] CUT_VALUE = ascii("true");
    private static final int MAX_BYTES_PER_CHAR = 6;

    @Nullable
    private final Redaction redaction;

    private final EventBudget budget;
    private final JsonBuffer json = new JsonBuffer(0);
    private final Object[] path = new Object[MAX_DEPTH];
    private int depth;

    NestedWriter(@Nullable Redaction redaction, EventBudget budget) {
        this.redaction = redaction;
        this.budget = budget;
    }

    /** The value of a field: {@link Nested}, or a text if that could not be had or must not ship. */
    Object write(Object container) {
        json.clear();
        depth = 0;
        try {
            writeContainer(container);
            budget.spendValueChars(json.length());
            byte[] bytes = json.copy();
            if (redaction != null && redaction.matches(new String(bytes, UTF_8), budget)) {
                return Redaction.REDACTED;
            }
            return new Nested(bytes);
        } catch (Throwable e) {
            Values.throwIfFatal(e);
            return Values.FAILED;
        }
    }

    /** Gives back what the values of an event took. */
    void clear() {
        json.clear();
        for (int i = 0; i < MAX_DEPTH; i++) {
            path[i] = null;
        }
    }

    private void writeContainer(Object container) {
        if (isOnPath(container)) {
            json.string(CYCLIC);
        } else if (depth == MAX_DEPTH) {
            json.string(MetaWriter.CUT);
        } else {
            path[depth++] = container;
            if (container instanceof Map<?, ?> map) {
                writeMap(map);
            } else if (container instanceof Collection<?> collection) {
                writeCollection(collection.iterator());
            } else {
                writeArray(container);
            }
            path[--depth] = null;
        }
    }

    private boolean isOnPath(Object container) {
        for (int i = 0; i < depth; i++) {
            if (path[i] == container) {
                return true;
            }
        }
        return false;
    }

    private void writeMap(Map<?, ?> map) {
        json.raw('{');
        int start = json.length();
        Set<String> names = new HashSet<>();
        boolean whole = true;
        int entries = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entries++ == MAX_ENTRIES || !budget.takeNestedEntry() || json.length() > MAX_BYTES) {
                whole = false;
                break;
            }
            whole &= writeEntry(Utf8.wellFormed(Values.text(entry.getKey())), entry.getValue(), start, names);
        }
        if (!whole) {
            String name = CUT_NAME;
            while (names.contains(name)) {
                name = "_" + name;
            }
            separate(start);
            json.string(name);
            json.raw(':');
            json.raw(CUT_VALUE);
        }
        json.raw('}');
    }

    /** Writes an entry, unless it is one to leave out. Returns false if there should be one. */
    private boolean writeEntry(String name, @Nullable Object value, int start, Set<String> names) {
        if (value == null) {
            return true;
        }
        if (name.length() > Limits.NAME_CHARS) {
            return false;
        }
        String shippedName = redacted(name);
        if (names.contains(shippedName)) {
            return false; // two keys with the same text
        }
        int before = json.length();
        separate(start);
        json.string(shippedName);
        json.raw(':');
        if (!writeValue(value, name)) {
            json.rewind(before);
            return true;
        }
        names.add(shippedName);
        return true;
    }

    private void writeCollection(Iterator<?> values) {
        json.raw('[');
        int start = json.length();
        for (int entries = 0; values.hasNext(); entries++) {
            if (entries == MAX_ENTRIES || !budget.takeNestedEntry() || json.length() > MAX_BYTES) {
                writeCutElement(start);
                break;
            }
            writeElement(values.next(), start);
        }
        json.raw(']');
    }

    private void writeArray(Object array) {
        json.raw('[');
        int start = json.length();
        int length = Array.getLength(array);
        for (int i = 0; i < length; i++) {
            if (i == MAX_ENTRIES || !budget.takeNestedEntry() || json.length() > MAX_BYTES) {
                writeCutElement(start);
                break;
            }
            writeElement(Array.get(array, i), start);
        }
        json.raw(']');
    }

    private void writeElement(@Nullable Object value, int start) {
        int before = json.length();
        separate(start);
        if (value == null || !writeValue(value, null)) {
            json.rewind(before);
        }
    }

    private void writeCutElement(int start) {
        separate(start);
        json.string(MetaWriter.CUT);
    }

    private void separate(int start) {
        if (json.length() > start) {
            json.raw(',');
        }
    }

    /** Writes a value of the entry of that name; returns false for one that is left out. */
    private boolean writeValue(Object logged, @Nullable String name) {
        if (Nested.isNested(logged)) {
            writeContainer(logged);
            return true;
        }
        Object value = redacted(Values.of(logged), name);
        if (value == null) {
            return false;
        }
        if (value instanceof String text) {
            writeText(text);
        } else {
            MetaWriter.writeScalar(json, value);
        }
        return true;
    }

    private void writeText(String text) {
        int room = Math.max(0, MAX_BYTES - json.length());
        int before = json.length();
        if (text.length() <= room) {
            json.string(text);
            if (json.length() <= MAX_BYTES) {
                return;
            }
            json.rewind(before);
        }
        json.raw('"');
        json.text(text, 0, Utf8.boundary(text, Math.min(text.length(), room / MAX_BYTES_PER_CHAR)));
        json.text(MetaWriter.CUT, 0, MetaWriter.CUT.length());
        json.raw('"');
    }

    private String redacted(String text) {
        return redaction == null ? text : redaction.redacted(text, budget);
    }

    @Nullable
    private Object redacted(@Nullable Object value, @Nullable String name) {
        if (redaction == null || value == null || value instanceof Boolean) {
            return value;
        }
        Object alone = redaction.redactedValue(value, budget);
        if (alone == null || name == null) {
            return alone;
        }
        String text = value.toString();
        String behindName = redactedBehind(name, text);
        if (behindName.equals(text)) {
            return alone;
        }
        if (value instanceof Number) {
            return null;
        }
        return alone.equals(text) || alone.equals(behindName) ? behindName : Redaction.REDACTED;
    }

    /** What is left of the text in {@code name=text}. */
    private String redactedBehind(String name, String text) {
        String prefix = name + "=";
        String entry = redacted(prefix + text);
        if (entry.startsWith(prefix)) {
            return entry.substring(prefix.length());
        }
        String redactedPrefix = redacted(name) + "=";
        return entry.startsWith(redactedPrefix) ? entry.substring(redactedPrefix.length()) : Redaction.REDACTED;
    }
}
