package io.github.dropwizardlogdna.local.ingestion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.regex.Pattern;

/** Reads timestamps, which clients send in milliseconds, in seconds (with or without a fraction), or as ISO 8601. */
final class Timestamps {

    /** In milliseconds this is in the year 1973, in seconds in the year 5138. */
    private static final long LEAST_MILLIS = 100_000_000_000L;

    /** Beyond this a double is not exact. */
    private static final long MOST_MILLIS = 1L << 53;

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .toFormatter();

    private Timestamps() {}

    /** Returns the instant of the parser's current value; null if it is not a timestamp. */
    @Nullable
    static Instant read(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
            return ofNumber(json.getText());
        }
        return token == JsonToken.VALUE_STRING ? ofText(json.getText().strip()) : null;
    }

    @Nullable
    private static Instant ofText(String text) {
        if (NUMBER.matcher(text).matches()) {
            return ofNumber(text);
        }
        try {
            TemporalAccessor time = ISO.parseBest(text.replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
            return time instanceof OffsetDateTime withOffset
                    ? withOffset.toInstant()
                    : LocalDateTime.from(time).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Nullable
    private static Instant ofNumber(String number) {
        try {
            double value = Double.parseDouble(number);
            if (Math.abs(value) > MOST_MILLIS) {
                return null;
            }
            boolean seconds = Math.abs(value) < LEAST_MILLIS;
            return Instant.ofEpochMilli(Math.round(seconds ? value * 1_000 : value));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
