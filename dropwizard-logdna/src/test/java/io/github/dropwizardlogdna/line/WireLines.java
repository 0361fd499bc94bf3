package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.core.spi.DeferredProcessingAware;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Parses the output of an encoder more strictly than any server: valid UTF-8, valid JSON, no duplicate names. */
final class WireLines {

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private WireLines() {}

    static <E extends DeferredProcessingAware> List<JsonNode> of(LineEncoder<E> encoder, E event) {
        int count = encoder.encode(event);
        List<JsonNode> lines = parse(encoder.buffer(), encoder.length());
        assertThat(lines).hasSize(count);
        for (JsonNode line : lines) {
            assertThat(bytes(line.get("line").textValue())).isLessThan(16_000);
            JsonNode meta = line.get("meta");
            assertThat(bytes(meta.isTextual() ? meta.textValue() : meta.toString()))
                    .isLessThan(32_000);
        }
        return lines;
    }

    static <E extends DeferredProcessingAware> JsonNode single(LineEncoder<E> encoder, E event) {
        List<JsonNode> lines = of(encoder, event);
        assertThat(lines).hasSize(1);
        return lines.get(0);
    }

    static JsonNode json(String json) {
        try {
            return STRICT.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** A string after a round trip through UTF-8, which has no lone surrogates. */
    static String replaced(String text) {
        StringBuilder replaced = new StringBuilder();
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                .forEach(replaced::appendCodePoint);
        return replaced.toString();
    }

    private static List<JsonNode> parse(byte[] bytes, int length) {
        List<JsonNode> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                assertThat((char) bytes[i - 1]).isEqualTo(',');
                lines.add(json(decoded(bytes, start, i - 1)));
                start = i + 1;
            }
        }
        assertThat(start).isEqualTo(length);
        return lines;
    }

    private static String decoded(byte[] bytes, int from, int to) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
