package io.github.dropwizardlogdna.line;

import java.nio.charset.StandardCharsets;

/** The size of a text in UTF-8. A lone surrogate counts as the replacement character, which is what ships. */
final class Utf8 {

    static final int MAX_BYTES_PER_CHAR = 3;

    private Utf8() {}

    /** The bytes of the characters from {@code from} to {@code to}. */
    static long length(String text, int from, int to) {
        long bytes = 0;
        int i = from;
        while (i < to) {
            int width = width(text, i, to);
            bytes += width;
            i += width == 4 ? 2 : 1;
        }
        return bytes;
    }

    /** The end of the longest run of whole characters that starts at {@code from} and takes at most {@code maxBytes}. */
    static int end(String text, int from, int maxBytes) {
        int room = maxBytes;
        int i = from;
        int to = text.length();
        while (i < to) {
            int width = width(text, i, to);
            if (width > room) {
                return i;
            }
            room -= width;
            i += width == 4 ? 2 : 1;
        }
        return i;
    }

    /** The largest index up to {@code index} that does not split a surrogate pair. */
    static int boundary(String text, int index) {
        boolean inPair = index > 0
                && index < text.length()
                && Character.isLowSurrogate(text.charAt(index))
                && Character.isHighSurrogate(text.charAt(index - 1));
        return inPair ? index - 1 : index;
    }

    /** The text as it arrives: each lone surrogate is replaced. */
    static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
            }
        }
        return text;
    }

    /** The bytes of the character at {@code i}; 4 exactly when it is a surrogate pair. */
    private static int width(String text, int i, int to) {
        char c = text.charAt(i);
        if (c < 0x80) {
            return 1;
        }
        if (c < 0x800) {
            return 2;
        }
        boolean pair = Character.isHighSurrogate(c) && i + 1 < to && Character.isLowSurrogate(text.charAt(i + 1));
        return pair ? 4 : 3;
    }
}
