package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A part may take 15,998 bytes; a cut is looked for after character 7,999. */
class LineSplitterTest {

    @ParameterizedTest
    @CsvSource({
        "x, 1, '', false",
        "x, 5332, '', false",
        "x, 5333, '', false",
        "x, 15998, '', false",
        "x, 15999, '', true",
        "é, 7999, '', false",
        "é, 7999, x, true",
        "€, 5332, xx, false",
        "€, 5332, xxx, true"
    })
    void acceptsLinesOfUpTo15998Bytes(String character, int times, String rest, boolean oversize) {
        assertThat(LineSplitter.isOversize(character.repeat(times) + rest)).isEqualTo(oversize);
    }

    static Stream<Arguments> cuts() {
        return Stream.of(
                arguments("no line break", "x".repeat(30_000), 15_998),
                arguments("a line break in the middle", "x".repeat(7_999) + "\n" + "y".repeat(20_000), 8_000),
                arguments("one before the middle", "x".repeat(7_998) + "\n" + "y".repeat(20_000), 15_998),
                arguments("one at the end", "x".repeat(15_997) + "\n" + "y".repeat(20_000), 15_998),
                arguments("one after the end", "x".repeat(15_998) + "\n" + "y".repeat(20_000), 15_998),
                arguments("braces after the middle", "x".repeat(8_000) + "}".repeat(20_000), 8_000),
                arguments("braces from the middle on", "x".repeat(7_999) + "}".repeat(20_000), 15_998),
                arguments("a brace before all", "}" + " ".repeat(9_000) + "\n" + " ".repeat(20_000), 15_998));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cuts")
    void cutsInTheSecondHalfAndNotAfterABrace(String where, String text, int end) {
        LineSplitter splitter = new LineSplitter(true);
        splitter.split(text);
        assertThat(splitter.end(0)).isEqualTo(end);
        assertThat(splitter.start(1)).isEqualTo(end);
    }
}
