package io.github.dropwizardlogdna.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit of 31,999 bytes, each time after a long text in the same buffer, which does not count. */
class MetaWriterTest {

    private static final byte[] TEXT = "t".repeat(20_000).getBytes(UTF_8);
    private static final int LIMIT = 31_999;
    private static final String MARK = "… [cut]";

    private final Fields fields = new Fields();
    private final List<String> markers = new ArrayList<>();
    private final MetaWriter writer = new MetaWriter(fields, markers);

    private void put(String name, Object value) {
        fields.put(FieldName.of(name), value);
    }

    private String written() {
        JsonBuffer json = new JsonBuffer();
        json.raw(TEXT);
        writer.write(json);
        byte[] bytes = json.copy();
        assertThat(bytes).startsWith(TEXT);
        return new String(bytes, TEXT.length, bytes.length - TEXT.length, UTF_8);
    }

    private JsonNode meta() {
        String written = written();
        assertThat(WireLines.bytes(written)).isLessThanOrEqualTo(LIMIT);
        return WireLines.json(written);
    }

    @Test
    void cutsNothingOfFieldsThatFitExactly() {
        String value = "x".repeat(LIMIT - "{'v':''}".length());
        put("v", value);
        assertThat(meta().get("v").textValue()).isEqualTo(value);
        put("v", value + "x");
        assertThat(meta().get("v").textValue()).endsWith("x" + MARK);
    }

    @Test
    void cutsNothingOfFieldsThatFitBesideTheNumberOfThoseLeftOut() {
        fields.leaveOut();
        String value = "x".repeat(LIMIT - "{'v':'','_fieldsLeftOut':1}".length());
        put("v", value);
        assertThat(meta().get("v").textValue()).isEqualTo(value);
        put("v", value + "x");
        JsonNode meta = meta();
        assertThat(meta.get("v").textValue()).endsWith("x" + MARK);
        assertThat(meta.get("_fieldsLeftOut").intValue()).isEqualTo(1);
    }

    @Test
    void cutsNoMoreThanItMust() {
        // Each length of the name asks the search for another cap.
        for (int i = 1; i <= 40; i++) {
            Fields each = new Fields();
            each.put(FieldName.of("n".repeat(i)), "x".repeat(50_000));
            JsonBuffer json = new JsonBuffer();
            new MetaWriter(each, markers).write(json);
            assertThat(json.length()).isEqualTo(LIMIT);
        }
    }

    @Test
    void countsAFieldWhoseNameAloneIsTooLong() {
        put("n".repeat(LIMIT), 1);
        put("a", 2);
        assertThat(written()).isEqualTo("{\"a\":2,\"_fieldsLeftOut\":1}");
    }

    @Test
    void keepsAFieldThatJustFitsWhenOthersAreLeftOut() {
        // Room is kept for the number of fields that are left out, however many there are.
        int room = LIMIT - "_fieldsLeftOut".length() - 16;
        String fits = "n".repeat(room - 1 - ",'':1".length());
        put("n".repeat(LIMIT), 1);
        put(fits, 1);
        JsonNode meta = meta();
        assertThat(meta.has(fits)).isTrue();
        assertThat(meta.get("_fieldsLeftOut").intValue()).isEqualTo(1);

        put(fits, 12);
        assertThat(written()).isEqualTo("{\"_fieldsLeftOut\":2}");
    }

    @Test
    void cutsValuesLongerThan16CharactersBeforeItLeavesOutFields() {
        put("n".repeat(LIMIT), 1);
        put("whole", "0123456789abcdef");
        put("cut", "0123456789abcdefg");
        put("wholeList", new NestedValue("[111,222,333,44]".getBytes(UTF_8)));
        put("cutList", new NestedValue("[111,222,333,444]".getBytes(UTF_8)));
        assertThat(meta())
                .isEqualTo(WireLines.json("{\"whole\":\"0123456789abcdef\",\"cut\":\"012345678… [cut]\","
                        + "\"wholeList\":[111,222,333,44],\"cutList\":\"… [cut]\",\"_fieldsLeftOut\":1}"));
    }

    @Test
    void namesAllMarkersAfterALongText() {
        markers.addAll(List.of("a".repeat(13_000), "B", "C"));
        fields.putOwn(FieldName.MARKERS, markers);
        assertThat(meta().get("markers")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"12, true", "0, true", "-1, false", "-2, false"})
    void leavesOutALineThatIsUnknown(int line, boolean known) {
        fields.putOwn(FieldName.CALLER, new StackTraceElement("com.example.A", "run", "A.java", line));
        assertThat(written())
                .isEqualTo("{\"caller\":{\"class\":\"com.example.A\",\"method\":\"run\",\"file\":\"A.java\""
                        + (known ? ",\"line\":" + line : "") + "}}");
    }
}
