package io.github.dropwizardlogdna.shipping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dropwizardlogdna.ingestion.Origin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;

/**
 * The form of a batch in a file:
 *
 * <pre>
 *  {"format":1,"lines":120,"uncompressed":36412,"gzip":true,"crc32":3632233996,
 *   "hostname":"web-1","ip":null,"mac":null,"tags":["a"]}\n      one line of JSON, in UTF-8
 *  body                                                           the rest: the bytes as they are sent
 * </pre>
 *
 * Never the key, the endpoint or a header. The checksum is that of the head, with a zero in its place, and of the body: a
 * file that was cut short or changed is found by it, wherever that happened. A head that was changed and believed would
 * do more harm than one that is lost: a body that is taken for uncompressed has no lines, and a wrong host name sends
 * others' lines to a place where nobody looks.
 *
 * <p>Anybody can compute the checksum, so what a head says of its body is compared with the body, within {@link
 * #LARGEST} bytes of it: a body that is larger than it says would fill the memory once it is divided.
 */
final class SpoolFile {

    private static final int FORMAT = 1;
    /** A host name of 256 characters and a few hundred tags. */
    private static final int LONGEST_HEAD = 64 * 1024;

    private static final int BUFFER = 8 * 1024;

    private static final String CHECKSUM = "crc32";

    /** More bytes than a batch has, compressed or not: it has at most 9 MiB, or is a single line. */
    static final int LARGEST = 16 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SpoolFile() {}

    static byte[] encode(Batch batch, Origin origin) throws IOException {
        ObjectNode head = JSON.createObjectNode();
        head.put("format", FORMAT);
        head.put("lines", batch.lines());
        head.put("uncompressed", batch.uncompressed());
        head.put("gzip", batch.gzip());
        head.put(CHECKSUM, 0L);
        head.put("hostname", origin.hostname());
        head.put("ip", origin.ip());
        head.put("mac", origin.mac());
        ArrayNode tags = head.putArray("tags");
        origin.tags().forEach(tags::add);
        head.put(CHECKSUM, checksum(head, batch.body(), 0));
        byte[] line = JSON.writeValueAsBytes(head);
        return ByteBuffer.allocate(line.length + 1 + batch.body().length)
                .put(line)
                .put((byte) '\n')
                .put(batch.body())
                .array();
    }

    /** The batch in these bytes, whose lines were handed over before {@code now}. Throws if they are not a batch. */
    static Batch decode(byte[] bytes, long now) throws IOException {
        int end = 0;
        while (end < bytes.length && end < LONGEST_HEAD && bytes[end] != '\n') {
            end++;
        }
        if (end == bytes.length || end == LONGEST_HEAD) {
            throw new IOException("it has no head");
        }
        if (!(JSON.readTree(new String(bytes, 0, end, StandardCharsets.UTF_8)) instanceof ObjectNode head)
                || head.path("format").asInt() != FORMAT) {
            throw new IOException("it is not of a known format");
        }
        long written = head.path(CHECKSUM).asLong(-1);
        head.put(CHECKSUM, 0L);
        int lines = head.path("lines").asInt();
        int uncompressed = head.path("uncompressed").asInt();
        if (lines < 1 || uncompressed < 1 || written != checksum(head, bytes, end + 1)) {
            throw new IOException("it is incomplete or was changed");
        }
        boolean gzip = head.path("gzip").asBoolean();
        checkBody(bytes, end + 1, gzip, lines, uncompressed);
        byte[] body = Arrays.copyOfRange(bytes, end + 1, bytes.length);
        return new Batch(body, gzip, lines, uncompressed, now, origin(head));
    }

    private static void checkBody(byte[] bytes, int offset, boolean gzip, int lines, int uncompressed)
            throws IOException {
        if (uncompressed > LARGEST) {
            throw new IOException("it says that it is larger than any batch");
        }
        InputStream stored = new ByteArrayInputStream(bytes, offset, bytes.length - offset);
        try (InputStream plain = gzip ? new GZIPInputStream(stored, BUFFER) : stored) {
            byte[] prefix = plain.readNBytes(OpenBatch.PREFIX.length);
            if (!Arrays.equals(prefix, OpenBatch.PREFIX)) {
                throw new IOException("it has no lines");
            }
            checkLines(plain, lines, uncompressed - prefix.length);
        }
    }

    /** Without the memory that the body would take. */
    private static void checkLines(InputStream plain, int lines, int rest) throws IOException {
        byte[] buffer = new byte[BUFFER];
        byte[] suffix = OpenBatch.SUFFIX;
        int left = rest;
        int found = rest > suffix.length ? 1 : 0;
        int matched = 0;
        for (int read = plain.read(buffer); read >= 0 && left >= 0; read = plain.read(buffer)) {
            left -= read;
            for (int i = 0; i < read; i++) {
                found += buffer[i] == '\n' ? 1 : 0;
                matched = buffer[i] == suffix[0] ? 1 : matched == 1 && buffer[i] == suffix[1] ? 2 : 0;
            }
        }
        if (left != 0 || found != lines || matched != suffix.length) {
            throw new IOException("it does not hold the lines that it says it holds");
        }
    }

    private static Origin origin(JsonNode head) {
        List<String> tags = new ArrayList<>();
        head.path("tags").forEach(tag -> tags.add(tag.asText()));
        return new Origin(
                head.path("hostname").asText(),
                head.path("ip").textValue(),
                head.path("mac").textValue(),
                tags);
    }

    /** Of a head whose own checksum is zero, and of all bytes from {@code offset} on. */
    private static long checksum(ObjectNode head, byte[] bytes, int offset) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(JSON.writeValueAsBytes(head));
        crc.update(bytes, offset, bytes.length - offset);
        return crc.getValue();
    }
}
