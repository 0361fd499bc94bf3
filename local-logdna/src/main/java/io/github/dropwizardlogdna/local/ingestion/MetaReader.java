package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;

/**
 * Copies the {@code meta} of a line as JSON, token by token, within limits. Content beyond them is skipped and replaced by
 * a mark. So it costs only the memory of what is kept, and code that displays it needs no limits.
 */
final class MetaReader {

    /** "32 KB", in the stricter reading. */
    static final int MAX_CHARS = 32_000;

    /** Enough for real fields, and few enough for recursion and indentation. */
    static final int MAX_DEPTH = 32;

    /** The field with the number of fields that were left out. */
    static final String LEFT_OUT = "fieldsLeftOut";

    static final String TOO_DEEP = "… (nested too deeply)";
    private static final String CUT = "…";

    private static final JsonFactory JSON = new JsonFactory();

    private int remaining = MAX_CHARS;
    private int leftOut;

    private MetaReader() {}

    /** Copies the parser's current value. */
    static String read(JsonParser in) throws IOException, Refusal {
        StringWriter json = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(json)) {
            new MetaReader().copy(in, out, 0);
        }
        return json.toString();
    }

    private void copy(JsonParser in, JsonGenerator out, int depth) throws IOException, Refusal {
        switch (in.currentToken()) {
            case START_OBJECT, START_ARRAY -> {
                if (depth == MAX_DEPTH) {
                    EnvelopeReader.skip(in);
                    out.writeString(TOO_DEEP);
                } else if (in.currentToken() == JsonToken.START_OBJECT) {
                    copyObject(in, out, depth);
                } else {
                    copyArray(in, out, depth);
                }
            }
            case VALUE_STRING -> out.writeString(cut(in.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                remaining -= in.getTextLength();
                // Keeps the notation: 9.80 stays 9.80.
                out.writeNumber(in.getText());
            }
            case VALUE_TRUE, VALUE_FALSE -> out.writeBoolean(in.getBooleanValue());
            default -> out.writeNull();
        }
    }

    private void copyObject(JsonParser in, JsonGenerator out, int depth) throws IOException, Refusal {
        remaining -= 2;
        out.writeStartObject();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            remaining -= name.length() + 4;
            if (remaining < 0) {
                leftOut++;
                EnvelopeReader.skip(in);
            } else {
                out.writeFieldName(name);
                copy(in, out, depth + 1);
            }
        }
        if (depth == 0 && leftOut > 0) {
            out.writeNumberField(LEFT_OUT, leftOut);
        }
        out.writeEndObject();
    }

    private void copyArray(JsonParser in, JsonGenerator out, int depth) throws IOException, Refusal {
        remaining -= 2;
        out.writeStartArray();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            remaining -= 6;
            if (remaining < 0) {
                leftOut++;
                EnvelopeReader.skip(in);
            } else {
                copy(in, out, depth + 1);
            }
        }
        out.writeEndArray();
    }

    private String cut(String text) {
        int room = Math.max(0, remaining);
        remaining -= text.length();
        return text.length() <= room ? text : text.substring(0, room) + CUT;
    }
}
