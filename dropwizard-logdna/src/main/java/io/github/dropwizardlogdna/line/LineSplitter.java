package io.github.dropwizardlogdna.line;

/**
 * Splits a text into parts that the server accepts. The getters describe the last text given to {@link #keepWhole},
 * {@link #truncate} or {@link #split}. For one thread at a time.
 */
final class LineSplitter {

    /** Leaves one byte for the period after a part that ends in a brace. */
    private static final int PART_BYTES = Limits.LINE_BYTES - 1;
    /** Enough for {@code " … [9999999999 bytes cut]"}. */
    private static final int MARK_BYTES = 32;

    private final boolean avoidBraces;
    private final int[] ends = new int[Limits.PARTS];
    private int parts;
    private long missingBytes;

    /** @param avoidBraces whether to avoid parts that end in a brace */
    LineSplitter(boolean avoidBraces) {
        this.avoidBraces = avoidBraces;
    }

    /** Whether a text is too long for one line. */
    static boolean isOversize(String text) {
        int length = text.length();
        return length > PART_BYTES / Utf8.MAX_BYTES_PER_CHAR
                && (length > PART_BYTES || Utf8.end(text, 0, PART_BYTES) < length);
    }

    /** Makes the whole text one part. */
    void keepWhole(String text) {
        ends[0] = text.length();
        parts = 1;
        missingBytes = 0;
    }

    /** Makes the beginning of an oversize text the only part. */
    void truncate(String text) {
        parts = 0;
        truncateLast(text, 0);
    }

    /** Splits an oversize text into parts. If it is too long for all of them, the rest is missing from the last one. */
    void split(String text) {
        parts = 0;
        missingBytes = 0;
        int from = 0;
        while (true) {
            int windowEnd = Utf8.end(text, from, PART_BYTES);
            if (windowEnd == text.length()) {
                ends[parts++] = windowEnd;
                return;
            }
            if (parts == Limits.PARTS - 1) {
                truncateLast(text, from);
                return;
            }
            from = cut(text, from, windowEnd);
            ends[parts++] = from;
        }
    }

    int parts() {
        return parts;
    }

    /** The start of a part; parts count from 0. */
    int start(int part) {
        return part == 0 ? 0 : ends[part - 1];
    }

    int end(int part) {
        return ends[part];
    }

    /** The number of bytes that are in no part; if it is not 0, the last part needs the mark. */
    long missingBytes() {
        return missingBytes;
    }

    private void truncateLast(String text, int from) {
        int end = Utf8.end(text, from, PART_BYTES - MARK_BYTES);
        ends[parts++] = end;
        missingBytes = Utf8.length(text, end, text.length());
    }

    /**
     * The best position for a cut: after the last line break in the second half of the window, or else at the window's
     * end. Within that half, a cut that would leave a brace at the end of the part is avoided.
     *
     * <p>Goes backwards from one visible character to the next, because all cuts between two of them end in the same one.
     */
    private int cut(String text, int from, int windowEnd) {
        int middle = (from + windowEnd) >>> 1;
        int cut = -1;
        int end = windowEnd;
        while (end > middle) {
            int visible = LineText.lastVisible(text, from, end);
            if (!avoidBraces || visible < from || text.charAt(visible) != '}') {
                for (int i = end - 1; i > visible && i >= middle; i--) {
                    if (text.charAt(i) == '\n') {
                        return i + 1;
                    }
                }
                if (cut < 0) {
                    // Never inside a surrogate pair: the window's end isn't, and any other end is followed by a brace.
                    cut = end;
                }
            }
            end = visible;
        }
        return cut < 0 ? windowEnd : cut;
    }
}
