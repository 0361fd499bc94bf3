package io.github.dropwizardlogdna.line;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of JSON bytes, written directly from strings and numbers.
 *
 * <p>It escapes text but knows nothing of structure: commas and braces are up to the caller. {@link #text} writes no control
 * characters, and so no newline. For one thread at a time.
 */
final class JsonBuffer {

    /** The capacity kept between events: enough for any ordinary line, and small enough for a pool of buffers. */
    static final int RETAINED_BYTES = 64 * 1024;

    private static final int INITIAL_BYTES = 4 * 1024;
    /** Characters that are checked together, after room is made for all of them. */
    private static final int BLOCK_CHARS = 64;
    /** The size of an escaped control character: a backslash, a u and four digits. */
    private static final int MAX_BYTES_PER_CHAR = 6;

    private static final int MAX_DIGITS = 19;
    private static final int LONGEST_LONG = MAX_DIGITS + 1;

    /** For each ASCII character: 0 if it is not escaped, u if it becomes four digits, else the letter after the backslash. */
    private static final byte[] ESCAPES = new byte[128];

    /** Whether a character is written as itself, in one byte. Covers all characters, which saves a range check. */
    private static final boolean[] PLAIN = new boolean[Character.MAX_VALUE + 1];

    private static final byte[] HEX = ascii("0123456789abcdef");

    /** The digits 00 to 99, which halve the number of divisions. */
    private static final byte[] DIGIT_PAIRS = new byte[200];

    static {
        Arrays.fill(ESCAPES, 0, ' ', (byte) 'u');
        ESCAPES['\b'] = 'b';
        ESCAPES['\t'] = 't';
        ESCAPES['\n'] = 'n';
        ESCAPES['\f'] = 'f';
        ESCAPES['\r'] = 'r';
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
        for (int i = 0; i < 100; i++) {
            DIGIT_PAIRS[2 * i] = (byte) ('0' + i / 10);
            DIGIT_PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
        for (int c = 0; c < ESCAPES.length; c++) {
            PLAIN[c] = ESCAPES[c] == 0;
        }
    }

    private byte[] bytes;
    private int length;

    JsonBuffer() {
        this(INITIAL_BYTES);
    }

    /** Creates a buffer with an initial capacity. */
    JsonBuffer(int bytes) {
        this.bytes = new byte[bytes];
    }

    /** Converts a constant to bytes. */
    static byte[] ascii(String json) {
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /** The bytes up to {@link #length()}, valid until the next call. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Discards everything from {@code length} on. */
    void rewind(int length) {
        this.length = length;
    }

    /** Overwrites one byte. */
    void set(int index, char ascii) {
        bytes[index] = (byte) ascii;
    }

    /** A copy of the bytes so far. */
    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** Empties the buffer, and frees the memory of a huge line. */
    void clear() {
        length = 0;
        if (bytes.length > RETAINED_BYTES) {
            bytes = new byte[RETAINED_BYTES];
        }
    }

    void raw(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
    }

    void raw(byte[] json) {
        raw(json, json.length);
    }

    /** Writes the first {@code count} bytes of {@code json}. */
    void raw(byte[] json, int count) {
        ensure(count);
        System.arraycopy(json, 0, bytes, length, count);
        length += count;
    }

    /** Writes an integer. */
    void number(long value) {
        ensure(LONGEST_LONG);
        // Works on negative numbers, because Long.MIN_VALUE has no positive counterpart.
        long rest = value;
        if (value < 0) {
            bytes[length++] = '-';
        } else {
            rest = -value;
        }
        int digits = 1;
        for (long power = -10; digits < MAX_DIGITS && rest <= power; power *= 10) {
            digits++;
        }
        length += digits;
        int p = length;
        while (rest <= -10) {
            long hundreds = rest / 100;
            int pair = 2 * (int) (hundreds * 100 - rest);
            bytes[--p] = DIGIT_PAIRS[pair + 1];
            bytes[--p] = DIGIT_PAIRS[pair];
            rest = hundreds;
        }
        if (p > length - digits) {
            bytes[--p] = (byte) ('0' - rest);
        }
    }

    /** Writes a whole string in quotes. */
    void string(String text) {
        raw('"');
        text(text, 0, text.length());
        raw('"');
    }

    /** Writes JSON as a string. Quotes and backslashes are the only characters of JSON that need an escape. */
    void quoted(JsonBuffer json) {
        ensure(2 * json.length + 2);
        byte[] to = bytes;
        int p = length;
        to[p++] = '"';
        for (int i = 0; i < json.length; i++) {
            byte b = json.bytes[i];
            if (b == '"' || b == '\\') {
                to[p++] = '\\';
            }
            to[p++] = b;
        }
        to[p++] = '"';
        length = p;
    }

    /** Writes the characters from {@code from} to {@code to}, escaped, without quotes. */
    void text(String text, int from, int to) {
        int i = from;
        while (i < to) {
            int end = Math.min(to, i + BLOCK_CHARS);
            ensure((end - i) * MAX_BYTES_PER_CHAR);
            if (isPlain(text, i, end)) {
                copy(text, i, end);
                i = end;
            } else {
                i = mixed(text, i, end, to);
            }
        }
    }

    /**
     * The hot loop: whether all of these characters are written as themselves. One table look-up per character and no
     * early exit, so that the compiler can unroll it.
     */
    private static boolean isPlain(String text, int from, int to) {
        boolean plain = true;
        for (int i = from; i < to; i++) {
            plain &= PLAIN[text.charAt(i)];
        }
        return plain;
    }

    /** Copies the low byte of each character. The method is deprecated because it is wrong for any others. */
    @SuppressWarnings("deprecation")
    private void copy(String text, int from, int to) {
        text.getBytes(from, to, bytes, length);
        length += to - from;
    }

    /** Writes a block with special characters. Returns its end, which is after {@code end} if a surrogate pair spans it. */
    private int mixed(String text, int from, int end, int to) {
        int i = from;
        while (i < end) {
            i = plain(text, i, end);
            if (i < end) {
                i = character(text, i, to);
            }
        }
        return i;
    }

    /** Writes characters up to the first special one, each before it is checked. Returns the index of that one. */
    private int plain(String text, int from, int end) {
        byte[] target = bytes;
        int shift = length - from;
        int i = from;
        for (; i < end; i++) {
            char c = text.charAt(i);
            target[i + shift] = (byte) c;
            if (!PLAIN[c]) {
                break;
            }
        }
        length = i + shift;
        return i;
    }

    /** Writes a character that takes more than one byte. Returns the index of the next one. */
    private int character(String text, int i, int to) {
        byte[] target = bytes;
        int p = length;
        int next = i + 1;
        char c = text.charAt(i);
        if (c < 0x80) {
            byte escape = ESCAPES[c];
            target[p++] = '\\';
            target[p++] = escape;
            if (escape == 'u') {
                target[p++] = '0';
                target[p++] = '0';
                target[p++] = HEX[c >> 4];
                target[p++] = HEX[c & 0xf];
            }
        } else if (c < 0x800) {
            target[p++] = (byte) (0xc0 | c >> 6);
            target[p++] = trailing(c);
        } else if (!Character.isSurrogate(c)) {
            target[p++] = (byte) (0xe0 | c >> 12);
            target[p++] = trailing(c >> 6);
            target[p++] = trailing(c);
        } else if (Character.isHighSurrogate(c) && next < to && Character.isLowSurrogate(text.charAt(next))) {
            int codePoint = Character.toCodePoint(c, text.charAt(next++));
            target[p++] = (byte) (0xf0 | codePoint >> 18);
            target[p++] = trailing(codePoint >> 12);
            target[p++] = trailing(codePoint >> 6);
            target[p++] = trailing(codePoint);
        } else {
            // A lone surrogate has no UTF-8 form: U+FFFD, the replacement character.
            target[p++] = (byte) 0xef;
            target[p++] = (byte) 0xbf;
            target[p++] = (byte) 0xbd;
        }
        length = p;
        return next;
    }

    /** A byte of a UTF-8 sequence other than its first. */
    private static byte trailing(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }

    private void ensure(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
