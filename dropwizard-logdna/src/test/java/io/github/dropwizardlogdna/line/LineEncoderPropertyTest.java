package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.BasicMarkerFactory;

/** Properties of the lines of any event. */
class LineEncoderPropertyTest {

    private static final Logger LOGGER = new LoggerContext().getLogger("com.example.Orders");
    private static final Set<String> OURS =
            Set.of("logger", "thread", "markers", "exception", "caller", "linePart", "lineParts");

    private final LineEncoder<ILoggingEvent> encoder = new Formats<ILoggingEvent>().encoder();
    private final LineEncoder<ILoggingEvent> stringMeta =
            new Formats<ILoggingEvent>().metaAsString().encoder();

    private static LoggingEvent event(String message) {
        LoggingEvent event = new LoggingEvent("", LOGGER, Level.WARN, message, null, null);
        event.setThreadName("main");
        event.setMDCPropertyMap(Map.of());
        return event;
    }

    /** Lone surrogates, control characters, characters to escape, braces and line breaks, and everything else. */
    @Provide
    Arbitrary<String> anyText() {
        return Arbitraries.strings()
                .withCharRange(Character.MIN_VALUE, Character.MAX_VALUE)
                .withCharRange('\ud800', '\udfff')
                .withCharRange('\0', ' ')
                .withChars("\"\\/}\n\r\u007f\u2028\u2029")
                .ofMaxLength(60);
    }

    @Provide
    Arbitrary<String> anyName() {
        return Arbitraries.oneOf(
                anyText(), Arbitraries.of("a", "b", "logger", "_logger", "thread", "caller", "linePart", "_linePart"));
    }

    @Provide
    Arbitrary<Object> anyValue() {
        return Arbitraries.oneOf(List.of(
                anyText().asGeneric(),
                Arbitraries.longs().asGeneric(),
                Arbitraries.integers().asGeneric(),
                Arbitraries.doubles().asGeneric(),
                Arbitraries.bigDecimals().asGeneric(),
                Arbitraries.bigIntegers().asGeneric(),
                Arbitraries.of(true, false).asGeneric(),
                Arbitraries.just(Double.NaN).asGeneric()));
    }

    @Property
    void restoresAnyText(@ForAll("anyText") String text) {
        JsonNode line = WireLines.single(encoder, event(text));
        String period = LineText.endsInBrace(text, 0, text.length()) ? "." : "";
        assertThat(line.get("line").textValue()).isEqualTo(WireLines.replaced(text) + period);
    }

    @Property
    void writesAnyNumberAsItself(@ForAll long number) {
        JsonBuffer json = new JsonBuffer();
        json.number(number);
        assertThat(json.bytes()).startsWith(JsonBuffer.ascii(Long.toString(number)));
        assertThat(json.length()).isEqualTo(Long.toString(number).length());
    }

    @Property
    void restoresAnyTextFromItsParts(
            @ForAll("anyText") String unit, @ForAll @IntRange(max = 80_000) int length, @ForAll boolean parseJson) {
        String text = "x" + (unit.isEmpty() ? "é" : unit).repeat(1 + length / (1 + unit.length()));
        Formats<ILoggingEvent> format = new Formats<>();
        LineEncoder<ILoggingEvent> splitting = (parseJson ? format.parseJson() : format).encoder();
        List<JsonNode> lines = WireLines.of(splitting, event(text));
        String joined = lines.stream()
                .map(line -> line.get("line").textValue())
                // It no longer shows which periods were appended.
                .map(part -> parseJson ? part : withoutPeriods(part))
                .collect(Collectors.joining());
        assertThat(joined).isEqualTo(parseJson ? WireLines.replaced(text) : withoutPeriods(WireLines.replaced(text)));
        for (int i = 0; i < lines.size() && lines.size() > 1; i++) {
            assertThat(lines.get(i).at("/meta/linePart").intValue()).isEqualTo(i + 1);
            assertThat(lines.get(i).at("/meta/lineParts").intValue()).isEqualTo(lines.size());
        }
    }

    private static String withoutPeriods(String text) {
        return text.replace(".", "");
    }

    @Property
    void cutsAnyTextToValidJson(@ForAll("anyText") String unit, @ForAll @IntRange(min = 1, max = 40) int kilobytes) {
        String text = (unit + "\ud83d\ude00").repeat(1 + kilobytes * 1_000 / (unit.length() + 2));
        LineEncoder<ILoggingEvent> truncating =
                new Formats<ILoggingEvent>().truncate().encoder();
        LoggingEvent event = event(text);
        event.addKeyValuePair(new KeyValuePair("value", text));
        JsonNode line = WireLines.single(truncating, event);
        int cut = line.get("line").textValue().lastIndexOf(" … [");
        assertThat(WireLines.replaced(text))
                .startsWith(
                        cut < 0
                                ? WireLines.replaced(text)
                                : line.get("line").textValue().substring(0, cut));
    }

    @Property
    void keepsTheLastValueOfEachName(
            @ForAll("mdc") Map<String, String> mdc, @ForAll("pairs") List<KeyValuePair> pairs, @ForAll boolean nested) {
        LoggingEvent event = new LoggingEvent("", LOGGER, Level.WARN, "message", null, null);
        event.setThreadName("main");
        event.setMDCPropertyMap(mdc);
        event.setKeyValuePairs(pairs);
        JsonNode meta = WireLines.single(nested ? encoder : stringMeta, event).get("meta");
        JsonNode fields = meta.isTextual() ? WireLines.json(meta.textValue()) : meta;
        Map<String, Object> expected = new LinkedHashMap<>();
        // Two names that differ only in lone surrogates are equal on the wire.
        mdc.forEach((name, value) -> expected.put(WireLines.replaced(name), value));
        for (KeyValuePair pair : pairs) {
            if (!(pair.value instanceof Double number) || Double.isFinite(number)) {
                expected.put(WireLines.replaced(pair.key), pair.value);
            }
        }
        assertThat(fields.size()).isEqualTo(2 + expected.size());
        expected.forEach((name, value) -> {
            if (!OURS.contains(name) && !name.startsWith("_")) {
                assertThat(isSame(fields.get(name), value)).isTrue();
            }
        });
    }

    private static boolean isSame(JsonNode json, Object value) {
        if (value instanceof String text) {
            return json.textValue().equals(WireLines.replaced(text));
        }
        if (value instanceof Boolean flag) {
            return json.booleanValue() == flag;
        }
        return json.decimalValue().compareTo(new BigDecimal(value.toString())) == 0;
    }

    @Provide
    Arbitrary<Map<String, String>> mdc() {
        return Arbitraries.maps(anyName(), anyText()).ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<KeyValuePair>> pairs() {
        return Combinators.combine(anyName(), anyValue())
                .as(KeyValuePair::new)
                .list()
                .ofMaxSize(20);
    }

    @Property
    void encodesAnyEvent(
            @ForAll("anyText") String text,
            @ForAll("anyName") String name,
            @ForAll("anyValue") Object value,
            @ForAll boolean nested) {
        LoggingEvent event = new LoggingEvent(
                "", LOGGER, Level.ERROR, text + "{}", new Exception(text, new Error(name)), new Object[] {value});
        event.setThreadName(name);
        event.setMDCPropertyMap(Map.of(name, text));
        event.addKeyValuePair(new KeyValuePair(name, value));
        event.addMarker(new BasicMarkerFactory().getMarker(text));
        LineEncoder<ILoggingEvent> used = nested ? encoder : stringMeta;
        JsonNode line = WireLines.single(used, event);
        assertThat(used.fellBack()).isFalse();
        JsonNode meta =
                line.get("meta").isTextual() ? WireLines.json(line.get("meta").textValue()) : line.get("meta");
        assertThat(meta.at("/exception/message").textValue()).isEqualTo(WireLines.replaced(text));
        assertThat(meta.at("/markers/0").textValue()).isEqualTo(WireLines.replaced(text));
    }
}
