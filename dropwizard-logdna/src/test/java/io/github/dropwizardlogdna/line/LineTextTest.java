package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LineTextTest {

    static Stream<Arguments> trailing() {
        return Stream.of(
                arguments("", ""),
                arguments("\n", ""),
                arguments("\r\n\r\n", ""),
                arguments("a", "a"),
                arguments("\na\n", "\na"),
                arguments("a \n \r", "a \n "));
    }

    @ParameterizedTest
    @MethodSource("trailing")
    void takesOffTheLineBreaksAtTheEnd(String text, String rest) {
        assertThat(LineText.withoutTrailingLineBreaks(text)).isEqualTo(rest);
    }

    static Stream<Arguments> endings() {
        return Stream.of(
                arguments("", false),
                arguments(" ", false),
                arguments("}", true),
                arguments("} \t\r\n\0", true),
                // White space and other spaces of Unicode, and the byte order mark.
                arguments("}\u00a0", true),
                arguments("}\u2003", true),
                arguments("}\u2028", true),
                arguments("}\u3000", true),
                arguments("}\ufeff", true),
                arguments("}x", false),
                arguments("}!", false),
                arguments("}~", false),
                arguments("}\u007f", false),
                arguments("}é", false),
                arguments("}€", false));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("endings")
    void seesABraceBeforeWhiteSpace(String text, boolean brace) {
        assertThat(LineText.endsInBrace(text, 0, text.length())).isEqualTo(brace);
    }

    @Test
    void findsNoVisibleCharacterOutsideTheRange() {
        assertThat(LineText.lastVisible("x \n", 1, 3)).isZero();
        assertThat(LineText.lastVisible(" \nx", 0, 2)).isEqualTo(-1);
        assertThat(LineText.lastVisible("ab", 0, 1)).isZero();
    }
}
