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
 * Writes a map, a collection or an array as JSON, within bounds of depth, width, bytes and work. A mark replaces what is
 * cut. Sizes reported by the program are not trusted.
 *
 * <p>Redaction is applied to each text, each number, each name, each entry as a map's {@code toString} prints it
 * ({@code name=value}), and the JSON as a whole. For one thread at a time.
 */
final class NestedWriter {

    /** The depth to which LogDNA searches. */
    private static final int MAX_DEPTH = 3;

    private static final int MAX_ENTRIES = 1_000;
    /** Half of the limit for all fields together. */
    private static final int MAX_BYTES = Limits.META_BYTES / 2;

    private static final String CYCLIC = "… [cyclic]";
    private static final String CUT_NAME = "_cut";
    private static final byte[] CUT_VALUE = ascii("true");
    private static final int MAX_BYTES_PER_CHAR = 6;

    private final EventRedactor redactor;
    private final EventBudget budget;
    private final JsonBuffer json = new JsonBuffer(0);
    private final Object[] path = new Object[MAX_DEPTH];
    private int depth;

    NestedWriter(EventRedactor redactor, EventBudget budget) {
        this.redactor = redactor;
        this.budget = budget;
    }

    /** Returns the value of a field: a {@link NestedValue}, or a text if writing failed or the JSON must not ship. */
    Object write(Object container) {
        json.clear();
        depth = 0;
        try {
            writeContainer(container);
            budget.spendValueChars(json.length());
            byte[] bytes = json.copy();
            if (redactor.isActive() && redactor.matches(new String(bytes, UTF_8))) {
                return Redaction.REDACTED;
            }
            return new NestedValue(bytes);
        } catch (Throwable e) {
            FieldValues.throwIfFatal(e);
            return FieldValues.FAILED;
        }
    }

    /** Forgets the event, and frees the memory of a huge value. */
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
            whole &= writeEntry(Utf8.wellFormed(FieldValues.text(entry.getKey())), entry.getValue(), start, names);
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

    /** Writes an entry unless it has no value. Returns false if the entry is missing for another reason. */
    private boolean writeEntry(String name, @Nullable Object value, int start, Set<String> names) {
        if (value == null) {
            return true;
        }
        if (name.length() > Limits.NAME_CHARS) {
            return false;
        }
        String shippedName = redactor.redacted(name);
        if (names.contains(shippedName)) {
            return false; // two keys print the same
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

    /** Writes the value of an entry or element. Returns false if it is left out. */
    private boolean writeValue(Object logged, @Nullable String name) {
        if (NestedValue.isNested(logged)) {
            writeContainer(logged);
            return true;
        }
        Object value = redacted(FieldValues.of(logged), name);
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

    @Nullable
    private Object redacted(@Nullable Object value, @Nullable String name) {
        if (!redactor.isActive() || value == null || value instanceof Boolean) {
            return value;
        }
        Object alone = redactor.redactedValue(value);
        if (alone == null || name == null) {
            return alone;
        }
        String text = value.toString();
        String inEntry = redactedInEntry(name, text);
        if (inEntry.equals(text)) {
            return alone;
        }
        if (value instanceof Number) {
            return null;
        }
        return alone.equals(text) || alone.equals(inEntry) ? inEntry : Redaction.REDACTED;
    }

    /** Redacts {@code name=text}, and returns the rest of the text. */
    private String redactedInEntry(String name, String text) {
        String prefix = name + "=";
        String entry = redactor.redacted(prefix + text);
        if (entry.startsWith(prefix)) {
            return entry.substring(prefix.length());
        }
        String redactedPrefix = redactor.redacted(name) + "=";
        return entry.startsWith(redactedPrefix) ? entry.substring(redactedPrefix.length()) : Redaction.REDACTED;
    }
}
