package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1                              | PT1S",
                "' 120 '                        | PT2M",
                "007                            | PT7S",
                "300                            | PT5M",
                "301                            | PT5M",
                "99999999999999999999           | PT5M",
                "Sun, 06 Nov 1994 08:49:37 GMT  | PT37S",
                "Sun Nov  6 08:49:37 1994       | PT37S",
                "Wed Nov 16 08:49:37 1994       | PT5M",
                "Mon, 07 Nov 1994 08:49:37 GMT  | PT5M",
            })
    void readsSecondsAndDates(String header, Duration expected) {
        assertThat(RetryAfter.parse(header, null, NOW)).contains(expected);
    }

    @Test
    void takesTwoDigitsForAYearOfThisCentury() {
        Instant now = Instant.parse("2026-11-22T08:49:00Z");

        assertThat(RetryAfter.parse("Sunday, 22-Nov-26 08:49:37 GMT", null, now))
                .contains(Duration.ofSeconds(37));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "+1",
                "1.5",
                "soon",
                "1, 2",
                "\u0661",
                "Sun, 06 Nov 1994 08:48:59 GMT",
                "Mon, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37 CET",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Wed, 31 Feb 2094 08:49:37 GMT"
            })
    void ignoresThePastAndMalformedValues(String header) {
        assertThat(RetryAfter.parse(header, null, NOW)).isEmpty();
    }

    @Property
    void neverFails(@ForAll String header) {
        assertThatCode(() -> RetryAfter.parse(header, null, NOW)).doesNotThrowAnyException();
    }

    @Test
    void aDateIsRelativeToTheServersClock() {
        String date = "Sun, 22 Nov 2026 08:49:30 GMT";
        String retryAfter = "Sun, 22 Nov 2026 08:49:37 GMT";

        assertThat(RetryAfter.parse(retryAfter, date, Instant.parse("2020-01-01T00:00:00Z")))
                .contains(Duration.ofSeconds(7));
        assertThat(RetryAfter.parse(retryAfter, date, Instant.parse("2030-01-01T00:00:00Z")))
                .contains(Duration.ofSeconds(7));
        assertThat(RetryAfter.parse(retryAfter, "no date", Instant.parse("2026-11-22T08:49:36Z")))
                .contains(Duration.ofSeconds(1));
    }
}
