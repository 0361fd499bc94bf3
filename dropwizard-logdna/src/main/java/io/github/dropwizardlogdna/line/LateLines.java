package io.github.dropwizardlogdna.line;

import static io.github.dropwizardlogdna.line.JsonBuffer.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;

/**
 * Puts the time of late lines into their text. LogDNA replaces the timestamp of a line that arrives more than 24 hours late
 * by its time of arrival, so that the original time would be lost.
 *
 * <p>Works on the bytes of finished wire lines, because lines are late only after an outage or a restart with a spool.
 * Stateless.
 */
public final class LateLines {

    /** The age from which a line is late: 24 hours less an hour for retries and for clocks that are wrong. */
    public static final Duration AGE = Duration.ofHours(23);

    private static final byte[] CUT = MetaWriter.CUT.getBytes(UTF_8);

    /** A long with more digits may overflow. */
    private static final int MAX_DIGITS = 18;
    /** The bytes of an escape such as a backslash, a u and four digits. */
    private static final int LONG_ESCAPE = 6;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z '", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private LateLines() {}

    /**
     * Prefixes the text of each late line with its own time in UTC, as in {@code 2023-11-14T22:13:20.123Z}. All
     * other lines are copied unchanged: those that are not late, those that already begin with their time, and those that
     * don't start like the lines of a {@link LineEncoder}.
     *
     * <p>A text that is too long with the time is cut at its end, with a mark. The result has the same number of lines, and
     * each is at most 25 bytes longer.
     *
     * @param bytes contains the wire lines from {@code from} to {@code to}; the separator after the last one may be missing
     * @param lateBefore the time before which a line is late, in milliseconds since the epoch
     */
    public static byte[] withTimes(byte[] bytes, int from, int to, long lateBefore) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from);
        int start = from;
        while (start < to) {
            int end = start;
            while (end < to && bytes[end] != '\n') {
                end++;
            }
            end = Math.min(to, end + 1);
            copy(bytes, start, end, lateBefore, out);
            start = end;
        }
        return out.toByteArray();
    }

    private static void copy(byte[] bytes, int start, int end, long lateBefore, ByteArrayOutputStream out) {
        int digits = start + LineTemplate.START.length;
        int digitsEnd = digits;
        while (digitsEnd < end && (isDigit(bytes[digitsEnd]) || (digitsEnd == digits && bytes[digitsEnd] == '-'))) {
            digitsEnd++;
        }
        if (startsWith(bytes, start, end, LineTemplate.START)
                && isNumber(bytes, digits, digitsEnd)
                && startsWith(bytes, digitsEnd, end, LineTemplate.BEFORE_TEXT)) {
            long time = Long.parseLong(new String(bytes, digits, digitsEnd - digits, UTF_8));
            byte[] prefix = ascii(TIME.format(Instant.ofEpochMilli(time)));
            int text = digitsEnd + LineTemplate.BEFORE_TEXT.length;
            if (time < lateBefore && !startsWith(bytes, text, end, prefix)) {
                out.write(bytes, start, text - start);
                out.writeBytes(prefix);
                copyText(bytes, text, end, Limits.LINE_BYTES - prefix.length, out);
                return;
            }
        }
        out.write(bytes, start, end - start);
    }

    private static boolean isNumber(byte[] bytes, int from, int to) {
        return to > from && to - from <= MAX_DIGITS && isDigit(bytes[to - 1]);
    }

    /** Copies the rest of a line, from its text on. At most {@code maxBytes} of the text are kept. */
    private static void copyText(byte[] bytes, int text, int end, int maxBytes, ByteArrayOutputStream out) {
        int size = 0;
        int cut = text;
        int i = text;
        while (i < end && bytes[i] != '"') {
            int next = Math.min(end, next(bytes, i, end));
            size += bytes[i] == '\\' ? 1 : next - i;
            i = next;
            if (size <= maxBytes - CUT.length) {
                cut = i;
            }
        }
        if (size > maxBytes) {
            out.write(bytes, text, cut - text);
            out.writeBytes(CUT);
        } else {
            out.write(bytes, text, i - text);
        }
        out.write(bytes, i, end - i);
    }

    /** The index after an escape or a character of UTF-8. */
    private static int next(byte[] bytes, int i, int end) {
        int b = bytes[i] & 0xff;
        if (b == '\\') {
            return i + (i + 1 < end && bytes[i + 1] == 'u' ? LONG_ESCAPE : 2);
        }
        if (b < 0xc0) {
            return i + 1;
        }
        return i + (b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
        return to - from >= prefix.length && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
    }
}
