package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.Line;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Publishes batches and refusals in a live tail. Thread-safe. */
final class BatchTail implements BatchListener {

    private static final JsonFactory JSON = new JsonFactory();

    private final LiveTail tail;

    /** Wakes the tail's streams. */
    private final Runnable published;

    BatchTail(LiveTail tail, Runnable published) {
        this.tail = tail;
        this.published = published;
    }

    @Override
    public void arrived(Batch batch) {
        List<byte[]> lines = new ArrayList<>();
        batch.lines().forEach(line -> lines.add(json(json -> write(line, batch, json))));
        tail.publish(lines, batch.transfer().wireBytes(), batch.transfer().jsonBytes());
        published.run();
    }

    @Override
    public void refused(RefusedRequest request) {
        tail.publishRemark(json(json -> write(request, json)));
        published.run();
    }

    /** Writes the fields that lines.js reads. A field that the line doesn't have is null. */
    private static void write(Line line, Batch batch, JsonGenerator json) throws IOException {
        json.writeNumberField("timestamp", line.timestamp().toEpochMilli());
        json.writeStringField("line", line.text());
        json.writeStringField("level", line.level());
        json.writeStringField("app", line.app());
        json.writeStringField("env", line.env());
        json.writeStringField("host", batch.hostname());
        json.writeArrayFieldStart("tags");
        for (String tag : batch.tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        json.writeFieldName("meta");
        json.writeRawValue(line.metaJson() == null ? "null" : line.metaJson());
    }

    private static void write(RefusedRequest request, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("refused");
        json.writeNumberField("timestamp", request.receivedAt().toEpochMilli());
        json.writeNumberField("status", request.status());
        json.writeStringField("reason", request.reason());
        json.writeStringField("request", request.request());
        json.writeStringField("sender", request.sender());
        json.writeEndObject();
    }

    private interface Fields {

        void writeTo(JsonGenerator json) throws IOException;
    }

    private static byte[] json(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Encoded from a String, which turns an unpaired surrogate into "?": it has no UTF-8 form.
        return text.toString().getBytes(UTF_8);
    }
}
