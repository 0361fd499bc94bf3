package io.github.dropwizardlogdna.shipping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dropwizardlogdna.ingestion.HostInfo;
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
 * The file format of a batch:
 *
 * <pre>
 *  {"format":1,"lines":120,"uncompressed":36412,"gzip":true,"crc32":3632233996,
 *   "hostname":"web-1","ip":null,"mac":null,"tags":["a"]}\n      one line of JSON in UTF-8
 *  body                                                           the rest: the body as it is sent
 * </pre>
 *
 * Never holds the key, the endpoint or a header. The checksum covers the head, with a zero in its place, and the body, so it
 * detects any truncation or change. A changed head would do more harm than a lost one: a compressed body that is read as
 * uncompressed has no lines, and a wrong host name hides lines under another host.
 *
 * <p>Anyone can compute the checksum, so the head is also compared with the body, within {@link #LARGEST} bytes: a body
 * larger than its head states would fill the memory once it is divided.
 */
final class SpoolFile {

    private static final int FORMAT = 1;
    /** Enough for a host name of 256 characters and a few hundred tags. */
    private static final int LONGEST_HEAD = 64 * 1024;

    private static final int BUFFER = 8 * 1024;

    private static final String CHECKSUM = "crc32";

    /** Larger than any batch, compressed or not: it has at most 9 MiB, or is a single line. */
    static final int LARGEST = 16 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SpoolFile() {}

    static byte[] encode(Batch batch, HostInfo origin) throws IOException {
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

    /** Decodes a batch whose lines were appended before {@code now}. Throws if the bytes are not a batch. */
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
            throw new IOException("its head states a size larger than any batch");
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

    /** Checks a stream, because the body may be too large for the memory. */
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
            throw new IOException("it does not hold the lines that its head states");
        }
    }

    private static HostInfo origin(JsonNode head) {
        List<String> tags = new ArrayList<>();
        head.path("tags").forEach(tag -> tags.add(tag.asText()));
        return new HostInfo(
                head.path("hostname").asText(),
                head.path("ip").textValue(),
                head.path("mac").textValue(),
                tags);
    }

    /** The checksum of a head whose own checksum is zero, and of all bytes from {@code offset} on. */
    private static long checksum(ObjectNode head, byte[] bytes, int offset) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(JSON.writeValueAsBytes(head));
        crc.update(bytes, offset, bytes.length - offset);
        return crc.getValue();
    }
}
