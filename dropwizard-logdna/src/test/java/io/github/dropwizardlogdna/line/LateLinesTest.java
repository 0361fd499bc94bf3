package io.github.dropwizardlogdna.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LateLinesTest {

    private static final long TIME = 1_700_000_000_123L;
    private static final String PREFIX = "2023-11-14T22:13:20.123Z ";

    private final Formats<ILoggingEvent> format = new Formats<>();

    @ParameterizedTest
    @ValueSource(
            strings = {"a \"quoted\" \\ line\nand another", "", "Zoë \ud83d\ude00 \u0001", "{\"level\":\"info\"}", "\""
            })
    void beginWithTheirOwnTime(String text) {
        String line = text(encoded(TIME, text));
        assertThat(text(late(encoded(TIME, text)))).isEqualTo(PREFIX + line);
    }

    @Test
    void keepEverythingElse() {
        JsonNode before = lines(encoded(TIME, "text")).get(0);
        JsonNode after = lines(late(encoded(TIME, "text"))).get(0);
        assertThat(after.get("timestamp").longValue()).isEqualTo(TIME);
        for (String name : List.of("level", "app", "meta")) {
            assertThat(after.get(name)).isEqualTo(before.get(name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00.000Z",
        "1700000000000, 2023-11-14T22:13:20.000Z",
        "-1, 1969-12-31T23:59:59.999Z",
        "999, 1970-01-01T00:00:00.999Z",
        "123456789012345678, +3914159-11-26T23:25:45.678Z",
        "253402300800000, +10000-01-01T00:00:00.000Z"
    })
    void haveATimeOfFixedPrecision(long time, String printed) {
        assertThat(text(LateLines.withTimes(encoded(time, "x"), 0, encoded(time, "x").length, Long.MAX_VALUE)))
                .isEqualTo(printed + " x");
    }

    @Test
    void areOnlyThoseBeforeTheGivenTime() {
        byte[] both = joined(encoded(TIME - 1, "old"), encoded(TIME, "new"));
        List<JsonNode> lines = lines(LateLines.withTimes(both, 0, both.length, TIME));
        assertThat(lines)
                .extracting(line -> line.get("line").textValue())
                .containsExactly("2023-11-14T22:13:20.122Z old", "new");
    }

    @Test
    void areNotChangedTwice() {
        byte[] once = late(encoded(TIME, "text"));
        assertThat(late(once)).isEqualTo(once);
    }

    @Test
    void areFoundWithinABody() {
        byte[] line = encoded(TIME, "text");
        byte[] body = ("{\"lines\":[" + new String(line, 0, line.length - 2, UTF_8) + "]}").getBytes(UTF_8);
        byte[] lines = LateLines.withTimes(body, 10, body.length - 2, Long.MAX_VALUE);
        assertThat(new String(lines, UTF_8)).startsWith("{\"timestamp\":").endsWith("}}");
        assertThat(text(joined(lines, ",\n".getBytes(UTF_8)))).isEqualTo(PREFIX + "text");
    }

    @Test
    void areCutOnlyIfTheyWouldExceedTheServersLimit() {
        String fits = "x".repeat(15_999 - PREFIX.length());
        assertThat(text(late(encoded(TIME, fits)))).isEqualTo(PREFIX + fits);

        String cut = text(late(encoded(TIME, fits + "x")));
        assertThat(cut).startsWith(PREFIX + "x").endsWith("x… [cut]");
        assertThat(WireLines.bytes(cut)).isEqualTo(15_999);
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "\u07ff", "\u0800", "€", "\ud83d\ude00", "\n", "\u0001", "\"", "\\"})
    void areCutBetweenWholeCharacters(String character) {
        int size = WireLines.bytes(character);
        for (String padding : List.of("", "x", "xx", "xxx")) {
            String text = padding + character.repeat((15_998 - padding.length()) / size);
            String cut = text(late(encoded(TIME, text)));
            assertThat(WireLines.bytes(cut)).isBetween(15_999 - 3, 15_999);
            assertThat(cut).endsWith("… [cut]");
            assertThat(PREFIX + text).startsWith(cut.substring(0, cut.length() - "… [cut]".length()));
        }
    }

    @Test
    void keepTheNumberOfTheirParts() {
        byte[] parts = encoded(TIME, "0123456789".repeat(4_000));
        List<JsonNode> lines = lines(late(parts));
        assertThat(lines).hasSize(3).allSatisfy(line -> {
            assertThat(line.get("line").textValue()).startsWith(PREFIX);
            assertThat(WireLines.bytes(line.get("line").textValue())).isLessThan(16_000);
            assertThat(line.at("/meta/lineParts").intValue()).isEqualTo(3);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"line\":\"x\",\"timestamp\":1},\n",
                "{\"timestamp\":,\"line\":\"x\"},\n",
                "{\"timestamp\":1234567890123456789,\"line\":\"x\"},\n",
                "{\"timestamp\":-,\"line\":\"x\"},\n",
                "{\"timestamp\":1-2,\"line\":\"x\"},\n",
                "{\"timestamp\":1,\"app\":\"x\"},\n",
                "{\"timestamp\":1",
                "{\"timest",
                "\n\n",
                ""
            })
    void areLeftAloneIfTheyHaveAnotherForm(String line) {
        byte[] bytes = line.getBytes(UTF_8);
        assertThat(new String(late(bytes), UTF_8)).isEqualTo(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\\", "\\u00", "\u00c3", "", "x\\\""})
    void loseNothingIfTheyEndEarly(String rest) {
        String start = "{\"timestamp\":1700000000123,\"line\":\"";
        byte[] bytes = (start + rest).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(new String(late(bytes), java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo(start + PREFIX + rest);
    }

    @Test
    void areOldBeforeLogDnaReplacesTheirTime() {
        assertThat(LateLines.AGE).hasHours(23);
    }

    private static byte[] late(byte[] lines) {
        return LateLines.withTimes(lines, 0, lines.length, Long.MAX_VALUE);
    }

    private byte[] encoded(long time, String text) {
        LoggingEvent event = new LoggingEvent();
        event.setInstant(Instant.ofEpochMilli(time));
        event.setLevel(Level.INFO);
        event.setLoggerName("com.example.Orders");
        event.setLoggerContext(new LoggerContext());
        event.setThreadName("main");
        event.setMessage(text);
        event.setMDCPropertyMap(Map.of("request", "r-1"));
        LineEncoder<ILoggingEvent> encoder = format.encoder();
        encoder.encode(event);
        return Arrays.copyOf(encoder.buffer(), encoder.length());
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    private static String text(byte[] bytes) {
        List<JsonNode> lines = lines(bytes);
        assertThat(lines).hasSize(1);
        return lines.get(0).get("line").textValue();
    }

    private static List<JsonNode> lines(byte[] bytes) {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : new String(bytes, UTF_8).split(",\n", -1)) {
            if (!line.isEmpty()) {
                lines.add(WireLines.json(line));
            }
        }
        return lines;
    }
}
