package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    private final Fields fields = new Fields();

    private void putAll(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            fields.put(FieldName.of(prefix + i), i);
        }
    }

    /** Around 32 fields, a search through all of them gives way to an index. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 32, 33, 34, 100})
    void replacesTheValueOfAnyName(int count) {
        fields.putOwn(FieldName.LOGGER, "Orders");
        putAll("k", count);
        for (int i = 0; i < count; i++) {
            fields.put(FieldName.of("k" + i), "replaced " + i);
        }
        assertThat(fields.size()).isEqualTo(1 + count);
        for (int i = 0; i < count; i++) {
            assertThat(fields.value(1 + i)).isEqualTo("replaced " + i);
        }
    }

    @Test
    void findsOnlyNamesOfThisEvent() {
        putAll("old", 40);
        fields.clear();
        putAll("new", 40);
        putAll("new", 40);
        assertThat(fields.size()).isEqualTo(40);
        fields.put(FieldName.of("old7"), "another");
        assertThat(fields.size()).isEqualTo(41);
        assertThat(fields.value(40)).isEqualTo("another");
        assertThat(fields.value(7)).isEqualTo(7);
    }

    @Test
    void leavesOutWhatExceeds8192Fields() {
        putAll("k", 8_192);
        assertThat(fields.leftOut()).isZero();
        assertThat(fields.takes(FieldName.of("k7"))).isTrue();
        fields.put(FieldName.of("k7"), "replaced");
        assertThat(fields.leftOut()).isZero();

        fields.put(FieldName.of("another"), 1);
        assertThat(fields.leftOut()).isEqualTo(1);
        assertThat(fields.takes(FieldName.of("another"))).isFalse();
        assertThat(fields.leftOut()).isEqualTo(2);
        assertThat(fields.size()).isEqualTo(8_192);
    }

    @Test
    void printsNamesAsTheyShip() {
        assertThat(FieldName.of("a\ud83d")).hasToString("a\ufffd");
    }
}
