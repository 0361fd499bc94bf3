package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentDecodedTest {

    /** The part of the encoded text from which each character was decoded, separated by spaces. */
    private static String origins(PercentDecoded decoded, String encoded) {
        return IntStream.range(0, decoded.text().length())
                .mapToObj(i -> encoded.substring(decoded.start(i), decoded.end(i)))
                .collect(Collectors.joining(" "));
    }

    private static void assertDecoded(PercentDecoded decoded, String encoded, String text, String origins) {
        assertThat(decoded.text()).isEqualTo(text);
        assertThat(origins(decoded, encoded)).isEqualTo(origins);
    }

    // Escapes

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "41, false",
        "%, false",
        "%4, false",
        "a%4, false",
        "%41, true",
        "a%41, true",
        "%%41, true",
        "%4%41, true",
        "100%, false",
        "%zz%4, false",
        "%zz%41, true"
    })
    void findsAnEscapeAnywhere(String text, boolean encoded) {
        assertThat(PercentDecoded.isEncoded(text)).isEqualTo(encoded);
    }

    @ParameterizedTest
    @ValueSource(chars = {'0', '9', 'a', 'f', 'A', 'F'})
    void readsTheFirstAndTheLastDigitOfEachKind(char digit) {
        assertThat(PercentDecoded.isEncoded("%" + digit + "7")).isTrue();
        assertThat(PercentDecoded.isEncoded("%7" + digit)).isTrue();
        String character = String.valueOf((char) (0x70 + Character.digit(digit, 16)));
        assertThat(PercentDecoded.once("%7" + digit).text()).isEqualTo(character);
        assertThat(PercentDecoded.wholly("%7" + digit, false).text()).isEqualTo(character);
    }

    @ParameterizedTest
    @ValueSource(chars = {'/', ':', '`', 'g', '@', 'G', '%', '\uff11'})
    void takesNoOtherCharacterForADigit(char other) {
        for (String text : new String[] {"%" + other + "7", "%7" + other}) {
            assertThat(PercentDecoded.isEncoded(text)).isFalse();
            assertThat(PercentDecoded.once(text).text()).isEqualTo(text);
            assertThat(PercentDecoded.wholly(text, false).text()).isEqualTo(text);
        }
    }

    static Stream<Arguments> escapes() {
        return Stream.of(
                arguments("", "", ""),
                arguments("%41", "A", "%41"),
                arguments("a%41b", "aAb", "a %41 b"),
                arguments("%41%42", "AB", "%41 %42"),
                arguments("%", "%", "%"),
                arguments("a%", "a%", "a %"),
                arguments("%4", "%4", "% 4"),
                arguments("a%4", "a%4", "a % 4"),
                arguments("%zz", "%zz", "% z z"),
                arguments("%4z", "%4z", "% 4 z"),
                arguments("%z4", "%z4", "% z 4"),
                arguments("1%z41", "1%z41", "1 % z 4 1"),
                arguments("%%41", "%A", "% %41"),
                arguments("%00a", "\0a", "%00 a"),
                arguments("%7f", "\u007f", "%7f"));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("escapes")
    void decodesEscapesAndKeepsWhatIsNone(String encoded, String text, String origins) {
        assertDecoded(PercentDecoded.once(encoded), encoded, text, origins);
        assertDecoded(PercentDecoded.wholly(encoded, false), encoded, text, origins);
    }

    @Test
    void keepsANulCharacter() {
        assertThat(PercentDecoded.once("\0%41\0").text()).isEqualTo("\0A\0");
        assertThat(PercentDecoded.once("%C3\0").text()).isEqualTo("\u00c3\0");
        assertThat(PercentDecoded.wholly("\0", false).text()).isEqualTo("\0");
    }

    // UTF-8

    static Stream<Arguments> sequences() {
        return Stream.of(
                // The first and the last character of each length.
                arguments("%C2%80", "\u0080"),
                arguments("%DF%BF", "\u07ff"),
                arguments("%E0%A0%80", "\u0800"),
                arguments("%EF%BF%BD", "\ufffd"),
                arguments("%F0%90%80%80", "\ud800\udc00"),
                arguments("%F4%8F%BF%BF", "\udbff\udfff"),
                // Lenient: overlong forms and surrogates.
                arguments("%C0%AD", "-"),
                arguments("%C1%81", "A"),
                arguments("%E0%80%AD", "-"),
                arguments("%F0%80%80%AD", "-"),
                arguments("%ED%A0%80", "\ud800"));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("sequences")
    void readsASequenceOfBytesAsOneCharacter(String encoded, String character) {
        String origins = String.join(" ", Collections.nCopies(character.length(), encoded));
        assertDecoded(PercentDecoded.once(encoded), encoded, character, origins);
        assertDecoded(PercentDecoded.wholly(encoded, false), encoded, character, origins);
        String within = "%41" + encoded + "b";
        assertDecoded(PercentDecoded.once(within), within, "A" + character + "b", "%41 " + origins + " b");
    }

    static Stream<Arguments> otherBytes() {
        return Stream.of(
                arguments("%80", "\u0080", "%80"),
                arguments("a%BF", "a\u00bf", "a %BF"),
                arguments("%FF", "\u00ff", "%FF"),
                // Cut off, at the end and before something else.
                arguments("%C3", "\u00c3", "%C3"),
                arguments("%E2%82", "\u00e2\u0082", "%E2 %82"),
                arguments("%F0%9F%98", "\u00f0\u009f\u0098", "%F0 %9F %98"),
                arguments("%C3a", "\u00c3a", "%C3 a"),
                arguments("%C3%41", "\u00c3A", "%C3 %41"),
                arguments("%C3\u00ab", "\u00c3\u00ab", "%C3 \u00ab"),
                arguments("%E2a%AC", "\u00e2a\u00ac", "%E2 a %AC"),
                arguments("%E2%82a", "\u00e2\u0082a", "%E2 %82 a"),
                arguments("%C3%C3%AB", "\u00c3\u00eb", "%C3 %C3%AB"),
                arguments("%E2%82%C3%AB", "\u00e2\u0082\u00eb", "%E2 %82 %C3%AB"),
                arguments("%C3%AB%AB", "\u00eb\u00ab", "%C3%AB %AB"),
                // Beyond the last character.
                arguments("%F4%90%80%80", "\u00f4\u0090\u0080\u0080", "%F4 %90 %80 %80"),
                arguments("%F5%80%80%80", "\u00f5\u0080\u0080\u0080", "%F5 %80 %80 %80"));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("otherBytes")
    void readsBytesThatAreNotUtf8AsLatin1(String encoded, String text, String origins) {
        assertDecoded(PercentDecoded.once(encoded), encoded, text, origins);
        assertDecoded(PercentDecoded.wholly(encoded, false), encoded, text, origins);
    }

    // Encoded more than once

    @ParameterizedTest
    @CsvSource({
        "%2541, %41, A, %2541",
        "a%2541b, a%41b, aAb, a %2541 b",
        "%25C3%25ABb, %C3%ABb, \u00ebb, %25C3%25AB b",
        "%25%34%31, %41, A, %25%34%31",
        "%4%41, %4A, J, %4%41",
        "%25zz%254, %zz%4, %zz%4, %25 z z %25 4"
    })
    void decodesOneLayerAtATime(String encoded, String once, String twice, String origins) {
        PercentDecoded decoded = PercentDecoded.once(encoded);
        assertThat(decoded.text()).isEqualTo(once);
        assertDecoded(decoded.again(), encoded, twice, origins);
    }

    @ParameterizedTest
    @CsvSource({
        "%2541, A, %2541",
        "%252525252541, A, %252525252541",
        "%25%34%31x, Ax, %25%34%31 x",
        "%4%31, A, %4%31",
        "%4%41, J, %4%41",
        "%%34%31, A, %%34%31",
        "%C3%25AB, \u00eb, %C3%25AB",
        "%25zz%25, %zz%, %25 z z %25"
    })
    void decodesAllLayersAtOnce(String encoded, String text, String origins) {
        assertDecoded(PercentDecoded.wholly(encoded, false), encoded, text, origins);
    }

    // Pluses

    @ParameterizedTest
    @CsvSource({
        "'', false",
        "?, false",
        "a+b, false",
        "a+b?c, false",
        "+?, false",
        "?+, true",
        "+?+, true",
        "/a?b=c+d, true"
    })
    void findsAPlusAfterAQuestionMark(String text, boolean plus) {
        assertThat(PercentDecoded.hasPlusInQuery(text)).isEqualTo(plus);
    }

    @ParameterizedTest
    @CsvSource({
        "a+b?c+d+?e+f, a+b?c d ?e f",
        "+?+a, +? a",
        "?a%2Bb+%41, ?a+b A",
        "a+b, a+b",
    })
    void readsAPlusInAQueryAsASpace(String encoded, String text) {
        PercentDecoded decoded = PercentDecoded.wholly(encoded, true);
        assertThat(decoded.text()).isEqualTo(text);
        assertThat(decoded.end(text.length() - 1)).isEqualTo(encoded.length());
        assertThat(PercentDecoded.wholly("?c+d", false).text()).isEqualTo("?c+d");
    }
}
