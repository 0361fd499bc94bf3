package io.github.dropwizardlogdna.ingestion;

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

/** Reads the header {@code Retry-After}: seconds, or a date in any of the three forms of RFC 9110, section 5.6.7. */
final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("[0-9]+");

    private static final List<DateTimeFormatter> DATES = List.of(
            format("EEE, dd MMM uuuu HH:mm:ss 'GMT'"),
            format("EEEE, dd-MMM-uu HH:mm:ss 'GMT'"),
            format("EEE MMM [ ]d HH:mm:ss uuuu"));

    private RetryAfter() {}

    /** How long to wait, at most {@link Verdict#MAX_RETRY_AFTER}; empty for the past and for what can't be read. */
    static Optional<Duration> parse(String header, Instant now) {
        String value = header.trim();
        Duration wait = SECONDS.matcher(value).matches() ? seconds(value) : untilDate(value, now);
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

    private static Duration untilDate(String value, Instant now) {
        for (DateTimeFormatter format : DATES) {
            try {
                return Duration.between(now, LocalDateTime.parse(value, format).toInstant(ZoneOffset.UTC));
            } catch (DateTimeException e) {
                // not this form
            }
        }
        return Duration.ZERO;
    }
}
