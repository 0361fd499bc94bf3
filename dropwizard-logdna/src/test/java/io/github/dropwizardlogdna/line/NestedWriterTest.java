package io.github.dropwizardlogdna.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NestedWriterTest {

    /** Half of what all fields may take. */
    private static final int MAX_BYTES = 15_999;

    private static final String MARK = "… [cut]";

    private final EventBudget budget = new EventBudget(0);
    private final NestedWriter writer = new NestedWriter(new EventRedactor(null, budget), budget);

    private JsonNode written(Object container) {
        return json(writer.write(container));
    }

    private static JsonNode json(Object written) {
        assertThat(written).isInstanceOf(NestedValue.class);
        return WireLines.json(new String(((NestedValue) written).json(), UTF_8));
    }

    @Test
    void keepsATextThatJustFits() {
        String fits = "x".repeat(MAX_BYTES - "[''".length());
        assertThat(written(List.of(fits)).get(0).textValue()).isEqualTo(fits);
        assertThat(written(List.of(fits + "x")).get(0).textValue()).endsWith("x" + MARK);
    }

    @Test
    void endsAListOrAnArrayAfterTheElementThatExceedsTheLimit() {
        String fits = "x".repeat(MAX_BYTES - "[''".length());
        JsonNode expected = WireLines.json("[\"" + fits + "\",7,\"… [cut]\"]");
        assertThat(written(List.of(fits, 7, 8, 9))).isEqualTo(expected);
        assertThat(written(new Object[] {fits, 7, 8, 9})).isEqualTo(expected);
    }

    @Test
    void endsAMapAfterTheEntryThatExceedsTheLimit() {
        String fits = "x".repeat(MAX_BYTES - "{'k':''".length());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("k", fits);
        map.put("a", 7);
        map.put("b", 8);
        assertThat(written(map)).isEqualTo(WireLines.json("{\"k\":\"" + fits + "\",\"a\":7,\"_cut\":true}"));
    }

    @Test
    void leavesOutNamesLongerThan1024Characters() {
        String longest = "n".repeat(1_024);
        assertThat(written(Map.of(longest, 1))).isEqualTo(WireLines.json("{\"" + longest + "\":1}"));
        assertThat(written(Map.of(longest + "n", 1))).isEqualTo(WireLines.json("{\"_cut\":true}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "€", "\u0001"})
    void countsTheBytesOfATextAndNotItsCharacters(String character) {
        JsonNode list = written(List.of("y".repeat(9_000), character.repeat(6_500)));
        assertThat(list.get(0).textValue()).hasSize(9_000);
        assertThat(list.get(1).textValue()).startsWith(character.repeat(1_000)).endsWith(MARK);
        assertThat(WireLines.bytes(list.toString())).isLessThan(MAX_BYTES + 20);
        assertThat(WireLines.bytes(written(List.of("y".repeat(9_000), character.repeat(100_000)))
                        .toString()))
                .isLessThan(MAX_BYTES + 20);
    }

    @Test
    void countsItsJsonAsCharactersOfValues() {
        budget.spendValueChars(EventBudget.VALUE_CHARS - "[1,2]".length());
        writer.write(List.of(1));
        assertThat(budget.hasValueChars()).isTrue();
        writer.write(List.of(1));
        assertThat(budget.hasValueChars()).isFalse();
    }

    @Test
    void writesAnotherValueAfterOneThatFailed() {
        assertThat(writer.write(List.of(1, failing(new IllegalStateException()))))
                .isInstanceOf(NestedValue.class);
        Iterable<Object> thrower = () -> {
            throw new IllegalStateException();
        };
        assertThat(writer.write(listOf(thrower))).isEqualTo("[FAILED toString()]");
        assertThat(written(List.of(1))).isEqualTo(WireLines.json("[1]"));
    }

    @Test
    void doesNotHideAnErrorOfTheJvm() {
        OutOfMemoryError error = new OutOfMemoryError("thrown by the program");
        assertThatThrownBy(() -> writer.write(List.of(failing(error)))).isSameAs(error);
        assertThatThrownBy(() -> writer.write(listOf(() -> {
                    throw error;
                })))
                .isSameAs(error);
    }

    @ParameterizedTest
    @CsvSource({
        "x a+b, x [REDACTED]",
        "x s3cret, x [REDACTED]",
        // What is secret by itself and what is secret in the entry can't be put together.
        "s3cret a+b x, [REDACTED]",
        "a+ b, a+ b"
    })
    void redactsWhatIsSecretInItsEntry(String text, String redacted) {
        // After a name that ends in a question mark, a plus is a space.
        Redaction redaction = Redaction.of(List.of("a b", "s3cret"));
        EventBudget searches = new EventBudget(redaction.workOfAnEvent());
        NestedWriter redacting = new NestedWriter(new EventRedactor(redaction, searches), searches);
        assertThat(json(redacting.write(Map.of("q?", text))).get("q?").textValue())
                .isEqualTo(redacted);
        assertThat(json(redacting.write(Map.of("q", "x a+b"))).get("q").textValue())
                .isEqualTo("x a+b");
    }

    private static Object failing(Throwable failure) {
        return new Object() {
            @Override
            public String toString() {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw new IllegalStateException(failure);
            }
        };
    }

    private static Collection<Object> listOf(Iterable<Object> elements) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<Object> iterator() {
                return elements.iterator();
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }
}
