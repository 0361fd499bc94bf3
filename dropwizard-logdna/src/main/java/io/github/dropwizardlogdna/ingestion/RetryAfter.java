package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses the header {@code Retry-After}: seconds, or a date in one of the three formats of RFC 9110, section 5.6.7. */
final class RetryAfter {

    private static final int LONGEST_DATE = 100;

    private static final Pattern SECONDS = Pattern.compile("[0-9]+");

    private static final List<DateTimeFormatter> DATES = List.of(
            format("EEE, dd MMM uuuu HH:mm:ss 'GMT'"),
            format("EEEE, dd-MMM-uu HH:mm:ss 'GMT'"),
            format("EEE MMM [ ]d HH:mm:ss uuuu"));

    private RetryAfter() {}

    /**
     * The delay, at most {@link Verdict#MAX_RETRY_AFTER}; empty for a date in the past and for an invalid header.
     *
     * @param date the header {@code Date} of the response: the same clock produced the date in {@code Retry-After}
     * @param now the time on this machine's clock, used if there is no {@code Date}
     */
    static Optional<Duration> parse(String header, @Nullable String date, Instant now) {
        String value = header.trim();
        Duration wait = SECONDS.matcher(value).matches() ? seconds(value) : untilDate(value, date, now);
        if (wait.isNegative() || wait.isZero()) {
            return Optional.empty();
        }
        return Optional.of(wait.compareTo(Verdict.MAX_RETRY_AFTER) > 0 ? Verdict.MAX_RETRY_AFTER : wait);
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.US).withResolverStyle(ResolverStyle.STRICT);
    }

    private static Duration seconds(String digits) {
        try {
            return Duration.ofSeconds(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return Verdict.MAX_RETRY_AFTER; // more digits than a long holds
        }
    }

    private static Duration untilDate(String value, @Nullable String date, Instant now) {
        Instant from = date == null ? now : instant(date).orElse(now);
        return instant(value).map(until -> Duration.between(from, until)).orElse(Duration.ZERO);
    }

    private static Optional<Instant> instant(String value) {
        if (value.length() > LONGEST_DATE) {
            return Optional.empty();
        }
        for (DateTimeFormatter format : DATES) {
            try {
                return Optional.of(LocalDateTime.parse(value.trim(), format).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException e) {
                // not this format
            }
        }
        return Optional.empty();
    }
}
