package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u007f",
                "\u0080",
                "\u07ff",
                "\u0800",
                "\ud7ff",
                "\ue000",
                "\uffff",
                "\ud800\udc00",
                "\udbff\udfff"
            })
    void countsTheBytesOfEachCharacter(String character) {
        int size = WireLines.bytes(character);
        assertThat(Utf8.length(character, 0, character.length())).isEqualTo(size);
        assertThat(Utf8.end(character, 0, size)).isEqualTo(character.length());
        assertThat(Utf8.end(character, 0, size - 1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\ude00", "\ud83dx", "\ude00\ud83d", "\ud83d\ud83d"})
    void countsALoneSurrogateAsTheReplacementCharacter(String text) {
        assertThat(Utf8.length(text, 0, text.length())).isEqualTo(WireLines.bytes(Utf8.wellFormed(text)));
        assertThat(Utf8.wellFormed(text)).isEqualTo(WireLines.replaced(text));
    }

    @Test
    void countsHalfAPairAtTheEndAsALoneSurrogate() {
        assertThat(Utf8.length("\ud83d\ude00", 0, 1)).isEqualTo(3);
    }

    @Test
    void keepsAPairWhole() {
        String text = "a\ud83d\ude00b";
        assertThat(Utf8.boundary(text, 2)).isEqualTo(1);
        assertThat(Utf8.boundary(text, 0)).isZero();
        assertThat(Utf8.boundary(text, 1)).isEqualTo(1);
        assertThat(Utf8.boundary(text, 3)).isEqualTo(3);
        assertThat(Utf8.boundary(text, 4)).isEqualTo(4);
        assertThat(Utf8.boundary("\ud83d\ude00", 1)).isZero();
        assertThat(Utf8.boundary("\ude00a", 0)).isZero();
        assertThat(Utf8.wellFormed(text)).isEqualTo("a\ud83d\ude00b");
    }
}
