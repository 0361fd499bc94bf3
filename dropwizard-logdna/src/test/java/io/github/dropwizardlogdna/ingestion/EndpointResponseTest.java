package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointResponseTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final RequestBody TWO_LINES = new RequestBody(new byte[10], true, 2);

    /** The statuses with a meaning of their own; the first digit decides for all others. */
    private static final Map<Integer, Outcome> OF_THEIR_OWN = Map.of(
            400, Outcome.BAD_REQUEST,
            422, Outcome.BAD_REQUEST,
            401, Outcome.KEY_REFUSED,
            403, Outcome.KEY_REFUSED,
            408, Outcome.TIMED_OUT,
            425, Outcome.RETRY,
            429, Outcome.RETRY,
            413, Outcome.TOO_LARGE,
            415, Outcome.UNSUPPORTED_ENCODING);

    private static final Map<Integer, Outcome> BY_FIRST_DIGIT = Map.of(
            1, Outcome.SERVER_ERROR,
            2, Outcome.DELIVERED,
            3, Outcome.SETTING_AT_FAULT,
            4, Outcome.SETTING_AT_FAULT,
            5, Outcome.SERVER_ERROR);

    static IntStream everyStatus() {
        return IntStream.rangeClosed(100, 599);
    }

    @ParameterizedTest
    @MethodSource("everyStatus")
    void everyStatusHasItsMeaning(int status) {
        Verdict verdict = new EndpointResponse(status, null, new byte[0]).verdict(TWO_LINES, NOW);

        assertThat(verdict.outcome()).isEqualTo(OF_THEIR_OWN.getOrDefault(status, BY_FIRST_DIGIT.get(status / 100)));
        assertThat(verdict.reason()).contains("answered " + status);
        assertThat(verdict.retryAfter()).isEmpty();
        assertThat(verdict.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 99, 600, 999})
    void anUnknownStatusIsRetried(int status) {
        assertThat(verdict(status, null, "").outcome()).isEqualTo(Outcome.SERVER_ERROR);
    }

    @Test
    void anUnsupportedMediaTypeDoesNotBlameTheEncodingOfAPlainBody() {
        Verdict verdict =
                new EndpointResponse(415, null, new byte[0]).verdict(new RequestBody(new byte[10], false, 2), NOW);

        assertThat(verdict.outcome()).isEqualTo(Outcome.SETTING_AT_FAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "401,ingestionKey",
        "403,ingestionKey",
        "404,endpoint",
        "405,endpoint",
        "302,endpoint",
        "407,proxy",
        "402,account"
    })
    void theReasonNamesTheCause(int status, String setting) {
        assertThat(verdict(status, null, "").reason()).contains(setting);
    }

    @ParameterizedTest
    @CsvSource({"429,RETRY", "503,SERVER_ERROR", "401,KEY_REFUSED", "404,SETTING_AT_FAULT", "302,SETTING_AT_FAULT"})
    void waitsAsLongAsTheEndpointAsks(int status, Outcome outcome) {
        Verdict verdict = verdict(status, "7", "");

        assertThat(verdict.outcome()).isEqualTo(outcome);
        assertThat(verdict.retryAfter()).contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 413, 415})
    void doesNotWaitIfTheNextRequestDiffers(int status) {
        assertThat(verdict(status, "7", "").retryAfter()).isEmpty();
    }

    // 207

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"status\":[200,503]}",
                "{\"status\":[\"200\",\"503\"]}",
                "{\"error\":null,\"status\":[202,429]}",
            })
    void aMultiStatusHasAnOutcomeForEachLine(String body) {
        Verdict verdict = verdict(207, "7", body);

        assertThat(verdict.outcome()).isEqualTo(Outcome.DELIVERED_IN_PART);
        assertThat(verdict.lines()).containsExactly(Outcome.DELIVERED, Outcome.RETRY);
        assertThat(verdict.reason()).contains("1 of 2 lines");
        assertThat(verdict.retryAfter()).contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @MethodSource("everyStatus")
    void aLinesCodeIsFinalIfItIsA4xxThatIsNotRetryable(int code) {
        Verdict ofTheLine = verdict(207, null, "{\"status\":[503," + code + "]}");

        Outcome expected =
                switch (code) {
                    case 408, 425, 429 -> Outcome.RETRY;
                    case 413 -> Outcome.TOO_LARGE;
                    default ->
                        switch (code / 100) {
                            case 2 -> Outcome.DELIVERED;
                            case 4 -> Outcome.BAD_REQUEST;
                            default -> Outcome.RETRY;
                        };
                };
        assertThat(ofTheLine.lines()).containsExactly(Outcome.RETRY, expected);
    }

    @Test
    void theKeyIsRefusedIfAMultiStatusHasThatCodeForEachLine() {
        Verdict verdict = verdict(207, null, "{\"status\":[401,403]}");

        assertThat(verdict.outcome()).isEqualTo(Outcome.KEY_REFUSED);
        assertThat(verdict.remedy()).isEqualTo(Remedy.KEY);
        assertThat(verdict.reason()).contains("401 or 403 for every line");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "[200,400]",
                "null",
                "<html>",
                "{\"status\":[200,400",
                "{\"status\":400}",
                "{\"status\":\"400\"}",
                "{\"status\":[]}",
                "{\"status\":[400]}",
                "{\"status\":[400,400,400]}",
                "{\"status\":[400,null]}",
                "{\"status\":[400,true]}",
                "{\"status\":[400,\"bad\"]}",
                "{\"status\":[400,4000]}",
                "{\"status\":[400,0]}",
                "{\"status\":[400,[400]]}",
                "{\"status\":[400,400.5]}",
                "{\"status\":[200,204]}",
            })
    void aMultiStatusForAnotherNumberOfLinesDeliversThemAll(String body) {
        Verdict verdict = verdict(207, "7", body);

        assertThat(verdict.outcome()).isEqualTo(Outcome.DELIVERED);
        assertThat(verdict.lines()).isEmpty();
    }

    @Property
    void toleratesAnyBody(@ForAll byte[] body) {
        Verdict verdict = new EndpointResponse(207, null, body).verdict(TWO_LINES, NOW);

        assertThat(verdict.outcome()).isIn(Outcome.DELIVERED, Outcome.DELIVERED_IN_PART, Outcome.KEY_REFUSED);
    }

    @Property
    void everyResponseHasAVerdict(
            @ForAll int status,
            @ForAll("retryAfters") String retryAfter,
            @ForAll("multiStatuses") byte[] body,
            @ForAll @IntRange(min = 1, max = 5) int lines,
            @ForAll boolean gzip) {
        for (int each : new int[] {status, Math.floorMod(status, 700), 207, 429}) {
            Verdict verdict = new EndpointResponse(each, retryAfter, body)
                    .verdict(new RequestBody(new byte[10], gzip, lines), NOW);

            assertThat(verdict.lines())
                    .hasSize(verdict.outcome() == Outcome.DELIVERED_IN_PART ? lines : 0)
                    .doesNotContain(Outcome.DELIVERED_IN_PART);
            verdict.retryAfter()
                    .ifPresent(wait -> assertThat(wait).isBetween(Duration.ofNanos(1), Verdict.MAX_RETRY_AFTER));
            assertThat(verdict.reason()).isNotBlank().hasSizeLessThan(200);
        }
    }

    @Provide
    Arbitrary<String> retryAfters() {
        DateTimeFormatter date = DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US);
        return Arbitraries.oneOf(
                Arbitraries.strings(),
                Arbitraries.bigIntegers().map(BigInteger::toString),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.longs()
                        .between(-62_000_000_000L, 200_000_000_000L)
                        .map(second -> date.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC))),
                Arbitraries.integers().between(1, 999_999_999).map(year -> "Fri, 01 Jan " + year + " 00:00:00 GMT"),
                Arbitraries.of("9".repeat(1_000_000), "Fri, 01 Jan 999999999 00:00:00 GMT", " ".repeat(100_000)));
    }

    /** Variants of {@code {"status":[200,400]}}, truncated somewhere. */
    @Provide
    Arbitrary<byte[]> multiStatuses() {
        Arbitrary<String> code = Arbitraries.oneOf(
                Arbitraries.integers().between(100, 599).map(String::valueOf),
                Arbitraries.integers().between(100, 599).map(number -> "\"" + number + "\""),
                Arbitraries.bigDecimals().map(BigDecimal::toString),
                Arbitraries.of("null", "true", "{}", "[[]]", "1e999999999", "9".repeat(2_000), "\"\\ud800\"", ""));
        Arbitrary<String> json =
                code.list().ofMaxSize(6).map(codes -> "{\"status\":[" + String.join(",", codes) + "]}");
        return Combinators.combine(
                        json, Arbitraries.integers().between(0, 200), Arbitraries.of(UTF_8, UTF_16BE, ISO_8859_1))
                .as((text, cut, charset) -> {
                    byte[] bytes = text.getBytes(charset);
                    return cut < 20 ? Arrays.copyOf(bytes, Math.max(0, bytes.length - cut)) : bytes;
                });
    }

    @Test
    void toleratesTenMegabytes() {
        String codes = "[200],".repeat(10 * 1024 * 1024 / 6);

        assertThat(verdict(207, "9".repeat(10 * 1024 * 1024), "{\"status\":[" + codes + "200]}")
                        .outcome())
                .isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void toleratesABodyInNoEncodingOfJson() {
        Verdict verdict = new EndpointResponse(207, null, new byte[] {0, 0, 'x', 0}).verdict(TWO_LINES, NOW);

        assertThat(verdict.outcome()).isEqualTo(Outcome.DELIVERED);
    }

    @Test
    void toleratesDeepNesting() {
        assertThat(verdict(207, null, "{\"status\":" + "[".repeat(100_000)).outcome())
                .isEqualTo(Outcome.DELIVERED);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void theReasonNeverShowsTheBody(Outcome outcome) {
        everyStatus()
                .mapToObj(status -> verdict(status, null, "{\"error\":\"SECRET\",\"status\":[400,\"200\"]}"))
                .filter(verdict -> verdict.outcome() == outcome)
                .forEach(verdict -> assertThat(verdict.toString()).doesNotContain("SECRET"));
        assertThat(new EndpointResponse(200, null, "SECRET".getBytes(UTF_8)).toString())
                .isEqualTo("EndpointResponse[200]");
    }

    private static Verdict verdict(int status, String retryAfter, String body) {
        return new EndpointResponse(status, retryAfter, body.getBytes(UTF_8)).verdict(TWO_LINES, NOW);
    }

    @Test
    void aLargeBodyHasAnOutcomeForEachLine() {
        RequestBody large = new RequestBody(new byte[10], false, 50_000);
        String codes = "200,".repeat(49_999) + "413";

        List<Outcome> lines = new EndpointResponse(207, null, ("{\"status\":[" + codes + "]}").getBytes(UTF_8))
                .verdict(large, NOW)
                .lines();

        assertThat(lines).hasSize(50_000).endsWith(Outcome.TOO_LARGE);
    }
}
