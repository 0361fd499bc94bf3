package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import jakarta.annotation.Nullable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/**
 * Reads a body as a stream, so that a small body that expands (gzip, brackets) costs no more memory than its lines. It
 * accepts {@code {"lines":[...]}}, which is documented, and {@code {"e":"ls","ls":[...]}}, which the vendor's clients for
 * Node, Python and Ruby send.
 */
final class EnvelopeReader {

    /**
     * The real server cuts a line at "16 KB". This is the stricter reading, so that a line that arrives whole here arrives
     * whole there.
     */
    static final int MAX_TEXT_BYTES = 16_000;

    /** As many lines of 100 bytes as a body of 10 MB can hold. */
    static final int MAX_LINES = 100_000;

    static final int MAX_LEVEL = 80;
    static final int MAX_APP = 512;
    static final int MAX_HOSTNAME = 256;
    static final int MAX_TAG = 80;
    static final int MAX_TAGS = 100;

    /** Jackson has the same limit from 2.15 on. */
    private static final int MAX_DEPTH = 1_000;

    /** Field names are not cached between requests: senders choose them. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final Instant receivedAt;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();
    private boolean hasLines;

    @Nullable
    private String hostname;

    @Nullable
    private String ingestionKey;

    private EnvelopeReader(Instant receivedAt) {
        this.receivedAt = receivedAt;
    }

    /**
     * @throws Refusal if the body is not an envelope
     * @throws ZipException if a gzip stream is damaged
     */
    static Envelope read(InputStream body, Instant receivedAt) throws Refusal, ZipException {
        try (JsonParser json = JSON.createParser(body)) {
            return new EnvelopeReader(receivedAt).envelope(json);
        } catch (ZipException e) {
            throw e;
        } catch (EOFException e) {
            // From gzip: the parser has its own exception for JSON that ends too soon.
            throw new ZipException("ends too soon");
        } catch (IOException e) {
            // The source is in memory, so the content is the cause.
            throw badParameters();
        }
    }

    private Envelope envelope(JsonParser json) throws IOException, Refusal {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw badParameters();
        }
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "lines", "ls" -> readLines(json);
                case "hostname" -> hostname = text(json, MAX_HOSTNAME);
                case "apikey", "key" -> ingestionKey = text(json, MAX_APP);
                case "tags" -> readTags(json);
                default -> skip(json);
            }
        }
        if (json.nextToken() != null || !hasLines) {
            throw badParameters();
        }
        return new Envelope(lines, hostname, tags, ingestionKey);
    }

    private void readLines(JsonParser json) throws IOException, Refusal {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw badParameters();
        }
        hasLines = true;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw badParameters();
            }
            if (lines.size() == MAX_LINES) {
                throw new Refusal(413, "Too many lines.");
            }
            lines.add(line(json));
        }
    }

    private Line line(JsonParser json) throws IOException, Refusal {
        String text = null;
        Instant timestamp = null;
        String level = null;
        String app = null;
        String file = null;
        String env = null;
        String meta = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "line" -> text = json.currentToken() == JsonToken.VALUE_STRING ? truncated(json.getText()) : null;
                case "timestamp" -> timestamp = Timestamps.read(json);
                case "level" -> level = text(json, MAX_LEVEL);
                case "app" -> app = text(json, MAX_APP);
                case "file" -> file = text(json, MAX_APP);
                case "env" -> env = text(json, MAX_APP);
                case "meta" -> meta = json.currentToken() == JsonToken.VALUE_NULL ? null : MetaReader.read(json);
                default -> {}
            }
            // Skips an object or an array that was not read.
            skip(json);
        }
        if (text == null) {
            throw badParameters();
        }
        return new Line(
                timestamp == null ? receivedAt : timestamp,
                text,
                level,
                // The agent and other programs that read files send the file instead.
                app == null ? file : app,
                env,
                meta);
    }

    private void readTags(JsonParser json) throws IOException, Refusal {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            String joined = text(json, MAX_TAG * MAX_TAGS);
            if (joined != null) {
                addTags(joined);
            }
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String tag = text(json, MAX_TAG);
            if (tag != null) {
                addTags(tag);
            }
        }
    }

    private void addTags(String joined) {
        split(joined).stream().limit(MAX_TAGS - tags.size()).forEach(tags::add);
    }

    /** Splits tags that are joined by commas. */
    static List<String> split(String joined) {
        List<String> tags = new ArrayList<>();
        for (String tag : joined.split(",", -1)) {
            if (!tag.isBlank() && tags.size() < MAX_TAGS) {
                tags.add(cut(tag.strip(), MAX_TAG));
            }
        }
        return tags;
    }

    /** Returns a string, number or boolean as text; skips any other value and returns null. */
    @Nullable
    private static String text(JsonParser json, int maxLength) throws IOException, Refusal {
        JsonToken token = json.currentToken();
        if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
            return cut(json.getText(), maxLength);
        }
        skip(json);
        return null;
    }

    static String cut(String text, int maxLength) {
        return text.length() <= maxLength ? text : text.substring(0, maxLength);
    }

    /** Skips to the end of the current value. */
    static void skip(JsonParser json) throws IOException, Refusal {
        JsonToken token = json.currentToken();
        if (token != JsonToken.START_OBJECT && token != JsonToken.START_ARRAY) {
            return;
        }
        int depth = 1;
        while (depth > 0) {
            token = json.nextToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                depth++;
                if (depth > MAX_DEPTH) {
                    throw badParameters();
                }
            } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                depth--;
            }
        }
    }

    private static String truncated(String text) {
        // Each character takes at least one byte.
        byte[] bytes = cut(text, MAX_TEXT_BYTES + 1).getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_TEXT_BYTES) {
            return text;
        }
        int end = MAX_TEXT_BYTES;
        while (isContinuation(bytes[end])) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Whether a byte continues a UTF-8 character. */
    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    private static Refusal badParameters() {
        return new Refusal(400, "Bad or missing parameters.");
    }
}
