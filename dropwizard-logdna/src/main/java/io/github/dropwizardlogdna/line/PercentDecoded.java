package io.github.dropwizardlogdna.line;

/**
 * A percent-decoded text that knows the origin of each character. Decoding is lenient, so that it reveals more: an invalid
 * escape is kept, bytes that are not UTF-8 are read as Latin-1, and overlong UTF-8 is decoded. Immutable.
 */
final class PercentDecoded {

    private static final int ESCAPE_CHARS = 3;

    private final String text;
    /** The start of each character in the encoded text. May be longer than the decoded text, as may {@code ends}. */
    private final int[] starts;

    private final int[] ends;

    private PercentDecoded(String text, int[] starts, int[] ends) {
        this.text = text;
        this.starts = starts;
        this.ends = ends;
    }

    /** Whether there is anything to decode. */
    static boolean isEncoded(String text) {
        for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
            if (i + 2 < text.length() && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a query may hold a space that is written as a plus. */
    static boolean hasPlusInQuery(String text) {
        int query = text.indexOf('?');
        return query >= 0 && text.indexOf('+', query) >= 0;
    }

    /** Decodes each escape once. */
    static PercentDecoded once(String encoded) {
        Units units = new Units(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%' && i + 2 < encoded.length() && isHex(encoded.charAt(i + 1)) && isHex(encoded.charAt(i + 2))) {
                units.add(unit(value(encoded.charAt(i + 1), encoded.charAt(i + 2))), i, i + ESCAPE_CHARS);
                i += 2;
            } else {
                units.add(c, i, i + 1);
            }
        }
        return units.decoded();
    }

    /**
     * Decodes until no escape is left, however often the text was encoded. One pass is enough, because an escape is decoded
     * as soon as its last digit is added.
     *
     * @param plusIsSpace whether a plus after a question mark is a space
     */
    static PercentDecoded wholly(String encoded, boolean plusIsSpace) {
        Units units = new Units(encoded.length());
        boolean inQuery = false;
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            inQuery |= c == '?';
            units.add(plusIsSpace && inQuery && c == '+' ? ' ' : c, i, i + 1);
            units.collapse();
        }
        return units.decoded();
    }

    /** Decodes once more, for escapes that were themselves encoded. */
    PercentDecoded again() {
        PercentDecoded next = once(text);
        for (int i = 0; i < next.text.length(); i++) {
            int start = starts[next.starts[i]];
            next.ends[i] = ends[next.ends[i] - 1];
            next.starts[i] = start;
        }
        return next;
    }

    String text() {
        return text;
    }

    /** The start of the character at {@code i} in the encoded text. */
    int start(int i) {
        return starts[i];
    }

    /** The end of the character at {@code i} in the encoded text. */
    int end(int i) {
        return ends[i];
    }

    private static boolean isHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    private static int value(int high, int low) {
        return Character.digit(high, 16) << 4 | Character.digit(low, 16);
    }

    /** Represents a byte that is not ASCII by its complement, to distinguish it from a character of the encoded text. */
    private static int unit(int value) {
        return value < 0x80 ? value : ~value;
    }

    /** Characters and decoded bytes, in order. */
    private static final class Units {

        private final int[] units;
        private final int[] starts;
        private final int[] ends;
        private int size;

        Units(int capacity) {
            units = new int[capacity];
            starts = new int[capacity];
            ends = new int[capacity];
        }

        void add(int unit, int start, int end) {
            units[size] = unit;
            starts[size] = start;
            ends[size] = end;
            size++;
        }

        /** Decodes the escape at the end, and any escape that this completes. */
        void collapse() {
            while (size >= ESCAPE_CHARS && units[size - 3] == '%' && isHex(units[size - 2]) && isHex(units[size - 1])) {
                int end = ends[size - 1];
                int value = value(units[size - 2], units[size - 1]);
                size -= 2;
                units[size - 1] = unit(value);
                ends[size - 1] = end;
            }
        }

        PercentDecoded decoded() {
            StringBuilder text = new StringBuilder(size);
            int i = 0;
            while (i < size) {
                int length = units[i] >= 0 ? 1 : sequenceLength(i);
                int start = starts[i];
                int end = ends[i + length - 1];
                int from = text.length();
                if (units[i] >= 0) {
                    text.append((char) units[i]);
                } else if (length == 1) {
                    text.append((char) ~units[i]);
                } else {
                    text.appendCodePoint(codePoint(i, length));
                }
                // No character is decoded from fewer units than it has, so only entries that were read are overwritten.
                for (int to = from; to < text.length(); to++) {
                    starts[to] = start;
                    ends[to] = end;
                }
                i += length;
            }
            return new PercentDecoded(text.toString(), starts, ends);
        }

        /** The number of bytes of the UTF-8 sequence that starts here, or 1 if there is none. */
        private int sequenceLength(int i) {
            int lead = ~units[i];
            int length;
            if (lead >= 0xc0 && lead < 0xe0) {
                length = 2;
            } else if (lead >= 0xe0 && lead < 0xf0) {
                length = 3;
            } else if (lead >= 0xf0 && lead < 0xf5) {
                length = 4;
            } else {
                return 1;
            }
            for (int k = 1; k < length; k++) {
                if (i + k >= size || units[i + k] >= 0 || (~units[i + k] & 0xc0) != 0x80) {
                    return 1;
                }
            }
            return Character.isValidCodePoint(codePoint(i, length)) ? length : 1;
        }

        private int codePoint(int i, int length) {
            int codePoint = ~units[i] & (0xff >> (length + 1));
            for (int k = 1; k < length; k++) {
                codePoint = codePoint << 6 | (~units[i + k] & 0x3f);
            }
            return codePoint;
        }
    }
}
