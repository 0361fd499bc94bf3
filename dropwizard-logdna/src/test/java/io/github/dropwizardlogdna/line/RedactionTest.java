package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    private static final String CARD = "\\b\\d{16}\\b";

    private static Redaction redaction(String... patterns) {
        return Redaction.of(List.of(patterns));
    }

    private static EventBudget budget(Redaction redaction) {
        return new EventBudget(redaction.workOfAnEvent());
    }

    @Test
    void isNothingWithoutPatterns() {
        assertThat(Redaction.of(List.of())).isNull();
    }

    @Test
    void leavesATextWithoutAMatchAsItIs() {
        String text = "Order 7";
        assertThat(redaction(CARD).redacted(text)).isSameAs(text);
    }

    @Test
    void redactsEachMatch() {
        assertThat(redaction("password=\\S+").redacted("password=a b password=c"))
                .isEqualTo("[REDACTED] b [REDACTED]");
    }

    @ParameterizedTest
    @CsvSource({
        "card, card \\d+, xcard 12x, x[REDACTED]x",
        "card \\d+, card, xcard 12x, x[REDACTED]x",
        "abc, bcd, xabcdx, x[REDACTED]x",
        "bcd, abc, xabcdx, x[REDACTED]x",
        "ab, cd, abcd, [REDACTED][REDACTED]",
        "a.*d, bc, abcd, [REDACTED]",
        "REDACTED, a, a REDACTED, [REDACTED] [REDACTED]"
    })
    void noPatternHidesAMatchOfAnother(String first, String second, String text, String redacted) {
        assertThat(redaction(first, second).redacted(text)).isEqualTo(redacted);
    }

    @Test
    void ignoresMatchesOfTheEmptyText() {
        assertThat(redaction("\\b(?:1*)").redacted("a 11 b")).isEqualTo("a [REDACTED] b");
    }

    @Property
    void neverShipsARedactedLetter(@ForAll String text) {
        String redacted = redaction("[a-f]", "\\d+").redacted(text);
        assertThat(redacted.replace("[REDACTED]", "")).doesNotContainPattern("[a-f0-9]");
    }

    // Numbers

    static Stream<Object> cards() {
        return Stream.of(
                4111111111111111L,
                new BigInteger("4111111111111111"),
                new BigDecimal("4.111111111111111E+15"),
                4111111111111111d);
    }

    @ParameterizedTest
    @MethodSource("cards")
    void leavesOutANumberWhoseDigitsMatch(Object card) {
        Redaction redaction = redaction(CARD);
        assertThat(redaction.redactedValue(card, budget(redaction))).isNull();
    }

    /** It has 13 characters in JSON, and a gigabyte of zeros if it is printed in full. */
    @Test
    void printsNoZeroInFull() {
        Redaction redaction = redaction(CARD);
        BigDecimal zero = new BigDecimal("0E-1000000000");
        assertThat(redaction.redactedValue(zero, budget(redaction))).isSameAs(zero);
    }

    @Test
    void leavesOtherNumbersAndBooleansAsTheyAre() {
        Redaction redaction = redaction(CARD, "true");
        assertThat(Stream.<Object>of(7, 1.5e300, new BigDecimal("1E-100"), true))
                .allSatisfy(value -> assertThat(redaction.redactedValue(value, budget(redaction)))
                        .isSameAs(value));
    }

    // Percent-encoding

    @ParameterizedTest
    @CsvSource({
        "GET /reset/s3cret-token HTTP/1.1, GET /reset/[REDACTED] HTTP/1.1",
        "GET /reset/s3cret%2Dtoken?a=%20b HTTP/1.1, GET /reset/[REDACTED]?a=%20b HTTP/1.1",
        "GET /reset/s3cret%2dtoken, GET /reset/[REDACTED]",
        "GET /%73%33%63%72%65%74%2D%74%6F%6B%65%6E/x, GET /[REDACTED]/x",
        "GET /s3cret%252Dtoken/x, GET /[REDACTED]/x",
        "GET /s3cret%25252525252Dtoken/x, GET /[REDACTED]/x",
        "GET /s3cret%25%32%44token/x, GET /[REDACTED]/x",
        "GET /100%/s3cret%2Dtoken%, GET /100%/[REDACTED]%",
        "GET /%zz%2/s3cret%2Dtoken%4, GET /%zz%2/[REDACTED]%4",
        "GET /s3cret%C0%ADtoken, GET /[REDACTED]",
        "GET /?card=4111+1111+1111+1111&x=1, GET /?card=[REDACTED]&x=1",
        "GET /?card=4111%201111+1111%2B1111, GET /?card=4111%201111+1111%2B1111",
        "GET /?card=4111%201111+1111%201111, GET /?card=[REDACTED]",
        "GET /?name=Zo%C3%AB, GET /?name=[REDACTED]",
        "GET /?name=Zo%EB, GET /?name=[REDACTED]",
        "GET /?face=%F0%9F%98%80%F0%9F%98%80!, GET /?face=[REDACTED][REDACTED]!",
        "s3cret-token and s3cret%2Dtoken, [REDACTED] and [REDACTED]",
        "s3cret%2Btoken 5 % of s3cret%, s3cret%2Btoken 5 % of s3cret%"
    })
    void seesThroughPercentEncoding(String text, String redacted) {
        assertThat(redaction("s3cret-token", "\\d{4} \\d{4} \\d{4} \\d{4}", "Zo\u00eb", "\uD83D\uDE00")
                        .redacted(text))
                .isEqualTo(redacted);
    }

    @Property
    void neverShipsASecretInAnyEncoding(
            @ForAll("encodings") List<Integer> encodings, @ForAll String before, @ForAll String behind) {
        StringBuilder text = new StringBuilder(before);
        for (int i = 0; i < encodings.size(); i++) {
            String each = String.valueOf("s3cret-\u00eb".charAt(i));
            for (int round = 0; round < encodings.get(i); round++) {
                each = percentEncoded(each);
            }
            text.append(each);
        }
        String redacted = redaction("s3cret-\u00eb").redacted(text + behind);
        assertThat(redacted).contains("[REDACTED]").doesNotContain(text.substring(before.length()));
    }

    @Provide
    Arbitrary<List<Integer>> encodings() {
        return Arbitraries.integers().between(0, 3).list().ofSize(8);
    }

    private static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append("%%%02x".formatted(each));
        }
        return encoded.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "a%2520b", "a%252520b", "a%25252520b"})
    void seesASecretThatLooksEncodedInEachOfThreeLayers(String text) {
        assertThat(redaction("a%20b").redacted("x " + text + " y")).isEqualTo("x [REDACTED] y");
    }

    @Test
    void decodesATextOfTheSizeThatCanShip() {
        Redaction redaction = redaction("zz");
        String text = "x".repeat(Limits.TEXT_CHARS - 3) + "%20";
        assertThat(redaction.redacted(text)).isSameAs(text);
        assertThat(redaction.redacted("x" + text)).isEqualTo("[REDACTED]");
    }

    @Test
    void redactsATextWholeThatIsTooLongToDecode() {
        Redaction redaction = redaction("zz");
        String text = "x".repeat(2_000_000);
        assertThat(redaction.redacted(text)).isSameAs(text);
        assertThat(redaction.redacted(text + "%20")).isEqualTo("[REDACTED]");
    }

    @Test
    void boundsTheWorkOnAllTextsOfAnEvent() {
        Redaction redaction = redaction("b.*z|b");
        EventBudget budget = budget(redaction);
        String hard = "b".repeat(20_000);
        for (int i = 0; i < 20; i++) {
            assertThat(redaction.redacted(hard, budget)).isEqualTo("[REDACTED]");
        }
        assertThat(redaction.redacted("easy", budget)).isEqualTo("[REDACTED]");
        budget.reset();
        assertThat(redaction.redacted("easy", budget)).isEqualTo("easy");
    }

    // Bounds

    @Test
    void redactsATextWholeThatTakesTooMuchWork() {
        // For each letter a, the search for a z runs to the end of the text.
        String text = "a".repeat(20_000);
        assertThat(redaction("a.*z|b").redacted(text)).isSameAs(text);
        assertThat(redaction("b.*z|b").redacted("b".repeat(20_000))).isEqualTo("[REDACTED]");
    }

    @Test
    void searchesAnOrdinaryLongTextToItsEnd() {
        String text = "a word ".repeat(14_000);
        assertThat(redaction("\\b(?:\\d[ -]?){13,16}\\b").redacted(text + "4111 1111 1111 1111"))
                .isEqualTo(text + "[REDACTED]");
    }

    @Test
    void takesExactlyTheWorkThatIsLeft() {
        Redaction redaction = redaction("a+z");
        String text = "an ordinary text";
        EventBudget ample = budget(redaction);
        assertThat(redaction.redacted(text, ample)).isSameAs(text);
        long work = redaction.workOfAnEvent() - ample.searchWork();
        assertThat(redaction.redacted(text, new EventBudget(work))).isSameAs(text);
        assertThat(redaction.redacted(text, new EventBudget(work - 1))).isEqualTo("[REDACTED]");
    }

    @Test
    void allowsEachPatternTheSameWork() {
        assertThat(redaction("a", "b", "c").workOfAnEvent())
                .isEqualTo(3 * redaction("a").workOfAnEvent());
    }

    @Test
    void countsTheInstructionsOfThePattern() {
        String text = "a ".repeat(500);
        assertThat(Redaction.of(List.of("\\d{3}x"), 100_000).redacted(text)).isEqualTo(text);
        assertThat(Redaction.of(List.of("\\d{300}x"), 100_000).redacted(text)).isEqualTo("[REDACTED]");
    }

    @Test
    void redactsTextsWholeThatCannotBeSearched() throws Exception {
        // Compiled here, and nested too deeply for a search on a small stack.
        Redaction redaction = redaction("(?:" + "(?:a|b?)*".repeat(900) + "c)");
        String[] redacted = new String[1];
        Thread smallStack =
                new Thread(null, () -> redacted[0] = redaction.redacted("secret".repeat(100)), "small", 64 * 1024);
        smallStack.start();
        smallStack.join();
        assertThat(redacted[0]).isEqualTo("[REDACTED]");
    }

    // Patterns

    @ParameterizedTest
    @CsvSource({
        "(secret, missing closing )",
        "secret(?=x), invalid or unsupported Perl syntax",
        "(secret)\\1, invalid escape sequence",
        "secret{2000}, invalid repeat count",
        "*secret, missing argument"
    })
    void explainsAWrongPatternWithoutQuotingIt(String pattern, String wrong) {
        assertThat(Redaction.problem(pattern)).hasValueSatisfying(problem -> assertThat(problem)
                .contains(wrong)
                .contains("github.com/google/re2")
                .doesNotContain("secret"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> redaction(pattern))
                .withMessageNotContaining("secret")
                .withNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a*", "^", "(?:a|b?)"})
    void refusesAPatternThatMatchesTheEmptyText(String pattern) {
        assertThat(Redaction.problem(pattern))
                .hasValueSatisfying(problem -> assertThat(problem).contains("at least one character"));
    }

    @Test
    void refusesAPatternThatIsNestedTooDeeply() {
        assertThat(Redaction.problem("(".repeat(100_000) + "a" + ")".repeat(100_000)))
                .isPresent();
    }
}
