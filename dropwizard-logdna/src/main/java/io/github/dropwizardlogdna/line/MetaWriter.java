package io.github.dropwizardlogdna.line;

import static io.github.dropwizardlogdna.line.JsonBuffer.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Writes the collected fields of an event as {@code meta}, within the server's limit. Stateless, but it reads the state of
 * its encoder, so it is for one thread at a time.
 */
final class MetaWriter {

    private static final String LEFT_OUT = "_fieldsLeftOut";
    /** The shortest length to which values are cut before whole fields are left out. */
    private static final int MIN_VALUE_CHARS = 16;

    /** Replaces what was cut. */
    static final String CUT = "… [cut]";

    private static final byte[] CUT_BYTES = CUT.getBytes(UTF_8);
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] CLASS = ascii("\"class\":");
    private static final byte[] MESSAGE = ascii(",\"message\":");
    private static final byte[] METHOD = ascii(",\"method\":");
    private static final byte[] FILE = ascii(",\"file\":");
    private static final byte[] LINE = ascii(",\"line\":");
    /** The bytes of a count's digits and a field's punctuation. */
    private static final int LEFT_OUT_BYTES = 16;

    private final Fields fields;
    private final List<String> markers;

    MetaWriter(Fields fields, List<String> markers) {
        this.fields = fields;
        this.markers = markers;
    }

    /** Writes the fields. If they are too long, the longest values are cut; if that is not enough, fields are left out. */
    void write(JsonBuffer json) {
        int start = json.length();
        if (writeFields(json, Limits.META_BYTES)) {
            return;
        }
        // The output never shrinks with a larger cap, so a binary search finds the largest cap that fits.
        int fits = 0;
        int low = MIN_VALUE_CHARS;
        int high = Limits.META_BYTES;
        while (low <= high) {
            int cap = (low + high) >>> 1;
            json.rewind(start);
            if (writeFields(json, cap)) {
                fits = cap;
                low = cap + 1;
            } else {
                high = cap - 1;
            }
        }
        json.rewind(start);
        if (fits > 0) {
            writeFields(json, fits);
        } else {
            writeFieldsThatFit(json);
        }
    }

    /** Writes all fields. Stops and returns false as soon as they are too long. */
    private boolean writeFields(JsonBuffer json, int cap) {
        int start = json.length();
        for (int i = 0; i < fields.size(); i++) {
            if (!writeField(json, i, cap) || json.length() - start >= Limits.META_BYTES) {
                return false;
            }
        }
        if (fields.leftOut() > 0) {
            writeLeftOut(json, fields.unused(LEFT_OUT), fields.leftOut());
            if (json.length() - start >= Limits.META_BYTES) {
                return false;
            }
        }
        enclose(json, start);
        return true;
    }

    private void writeFieldsThatFit(JsonBuffer json) {
        FieldName leftOutName = fields.unused(LEFT_OUT);
        int start = json.length();
        int room = Limits.META_BYTES - leftOutName.text.length() - LEFT_OUT_BYTES;
        int leftOut = fields.leftOut();
        for (int i = 0; i < fields.size(); i++) {
            int before = json.length();
            // A name that can't fit is not tried: thousands of long ones would be slow.
            boolean tooLong = before - start + fields.shippedName(i).text.length() >= room;
            if (tooLong || !writeField(json, i, MIN_VALUE_CHARS) || json.length() - start >= room) {
                json.rewind(before);
                leftOut++;
            }
        }
        writeLeftOut(json, leftOutName, leftOut);
        enclose(json, start);
    }

    private static void writeLeftOut(JsonBuffer json, FieldName name, int leftOut) {
        name.write(json);
        json.number(leftOut);
    }

    /** Encloses the fields from {@code start} on in braces. Each field begins with a comma; the first one is replaced. */
    private static void enclose(JsonBuffer json, int start) {
        if (json.length() == start) {
            json.raw('{');
        } else {
            json.set(start, '{');
        }
        json.raw('}');
    }

    /** Writes a comma, a name and a value. Writes nothing and returns false if the name alone exceeds the limit. */
    private boolean writeField(JsonBuffer json, int i, int cap) {
        FieldName name = fields.shippedName(i);
        if (name.text.length() >= Limits.META_BYTES) {
            return false;
        }
        name.write(json);
        Object value = fields.value(i);
        if (value instanceof String text) {
            writeText(json, text, cap);
        } else if (value instanceof byte[] bytes) {
            json.raw(bytes);
        } else if (value instanceof Number || value instanceof Boolean) {
            writeScalar(json, value);
        } else if (value instanceof NestedValue nested) {
            writeNested(json, nested, cap);
        } else if (value instanceof ExceptionSummary exception) {
            writeException(json, exception, cap);
        } else if (value instanceof StackTraceElement caller) {
            writeCaller(json, caller, cap);
        } else {
            writeMarkers(json, cap);
        }
        return true;
    }

    private static void writeText(JsonBuffer json, String text, int cap) {
        if (text.length() <= cap) {
            json.string(text);
        } else {
            json.raw('"');
            json.text(text, 0, Utf8.boundary(text, cap - CUT.length()));
            json.raw(CUT_BYTES);
            json.raw('"');
        }
    }

    /** Half an object is not JSON, so one that is too long is replaced by the mark, which is shorter than any cap. */
    private static void writeNested(JsonBuffer json, NestedValue nested, int cap) {
        if (nested.json().length <= cap) {
            json.raw(nested.json());
        } else {
            json.string(CUT);
        }
    }

    /** Writes a number or a boolean that {@link FieldValues#of} returned. */
    static void writeScalar(JsonBuffer json, Object value) {
        if (value instanceof Boolean flag) {
            json.raw(flag ? TRUE : FALSE);
        } else {
            writeNumber(json, (Number) value);
        }
    }

    private static void writeNumber(JsonBuffer json, Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            json.number(number.longValue());
        } else {
            String digits = number.toString();
            json.text(digits, 0, digits.length());
        }
    }

    private static void writeException(JsonBuffer json, ExceptionSummary exception, int cap) {
        json.raw('{');
        json.raw(CLASS);
        writeText(json, exception.className(), cap);
        if (exception.message() != null) {
            json.raw(MESSAGE);
            writeText(json, exception.message(), cap);
        }
        json.raw('}');
    }

    private static void writeCaller(JsonBuffer json, StackTraceElement caller, int cap) {
        json.raw('{');
        json.raw(CLASS);
        writeText(json, caller.getClassName(), cap);
        json.raw(METHOD);
        writeText(json, caller.getMethodName(), cap);
        if (caller.getFileName() != null) {
            json.raw(FILE);
            writeText(json, caller.getFileName(), cap);
        }
        if (caller.getLineNumber() >= 0) {
            json.raw(LINE);
            json.number(caller.getLineNumber());
        }
        json.raw('}');
    }

    private void writeMarkers(JsonBuffer json, int cap) {
        int start = json.length();
        json.raw('[');
        for (int i = 0; i < markers.size() && json.length() - start <= Limits.META_BYTES; i++) {
            if (i > 0) {
                json.raw(',');
            }
            writeText(json, markers.get(i), cap);
        }
        json.raw(']');
    }
}
