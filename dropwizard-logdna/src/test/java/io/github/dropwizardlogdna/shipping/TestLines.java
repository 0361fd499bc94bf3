package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.RequestBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Converts lines to and from the form in which they are appended, {@code "text",\n}. */
final class TestLines {

    private TestLines() {}

    static byte[] line(String text) {
        return ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A compressed batch of these lines. */
    static Batch batch(String... lines) {
        OpenBatch open = new OpenBatch(true);
        for (String line : lines) {
            byte[] bytes = line(line);
            open.add(bytes, 0, bytes.length, 1);
        }
        return open.close(1, null);
    }

    /** Removes all batches of the first sender, and returns their lines, oldest first. */
    static List<String> drain(BatchStore store) {
        List<String> lines = new ArrayList<>();
        for (BatchStore.Stored head = store.claim(0); head != null; head = store.claim(0)) {
            lines.addAll(in(head.batch()));
            store.remove(0);
        }
        return lines;
    }

    static List<String> in(RequestBody body) {
        return in(body.bytes(), body.gzip());
    }

    static byte[] plain(RequestBody body) {
        return body.gzip() ? inflate(body.bytes()) : body.bytes();
    }

    static List<String> in(Batch batch) {
        return in(batch.body(), batch.gzip());
    }

    private static List<String> in(byte[] bytes, boolean gzip) {
        String json = new String(gzip ? inflate(bytes) : bytes, StandardCharsets.UTF_8);
        if (!json.startsWith("{\"lines\":[") || !json.endsWith("]}")) {
            throw new AssertionError("not a body: " + json);
        }
        List<String> lines = new ArrayList<>();
        for (String line :
                json.substring("{\"lines\":[".length(), json.length() - 2).split(",\n")) {
            lines.add(line.substring(1, line.length() - 1));
        }
        return lines;
    }

    private static byte[] inflate(byte[] bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
