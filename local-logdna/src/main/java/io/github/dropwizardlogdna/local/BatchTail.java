package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.Line;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import java.util.List;

/** Shows what arrives in a live tail. Any number of threads may call. */
final class BatchTail implements BatchListener {

    private final LiveTail tail;

    BatchTail(LiveTail tail) {
        this.tail = tail;
    }

    @Override
    public void arrived(Batch batch) {
        List<byte[]> lines =
                batch.lines().stream().map(line -> json(line, batch)).toList();
        tail.publish(lines, batch.transfer().wireBytes(), batch.transfer().jsonBytes());
    }

    /** What lines.js reads. A field that the line doesn't have is null. */
    private static byte[] json(Line line, Batch batch) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("timestamp", line.timestamp().toEpochMilli())
                .put("line", line.text())
                .put("level", line.level())
                .put("app", line.app())
                .put("env", line.env())
                .put("host", batch.hostname());
        batch.tags().forEach(json.putArray("tags")::add);
        json.set("meta", line.meta());
        // By way of a String: half a surrogate pair, which may have been logged, is no UTF-8, and becomes a "?".
        return json.toString().getBytes(UTF_8);
    }
}
