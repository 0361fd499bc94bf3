package io.github.dropwizardlogdna.line;

/**
 * Where a text is cut into parts that the server takes. For one thread at a time; the answers are those of the last call
 * of {@link #split} or {@link #truncate}.
 */
final class Cuts {

    /** One byte is left for the period behind a part that ends in a brace. */
    private static final int PART_BYTES = Limits.LINE_BYTES - 1;
    /** More than {@code " … [9999999999 bytes cut]"} takes. */
    private static final int MARK_BYTES = 32;

    private final boolean avoidBraces;
    private final int[] ends = new int[Limits.PARTS];
    private int parts;
    private long missingBytes;

    /** @param avoidBraces whether a cut is rather placed elsewhere than behind a brace */
    Cuts(boolean avoidBraces) {
        this.avoidBraces = avoidBraces;
    }

    /** Whether a text is too long for one line. */
    static boolean isOversize(String text) {
        int length = text.length();
        return length > PART_BYTES / Utf8.MAX_BYTES_PER_CHAR
                && (length > PART_BYTES || Utf8.end(text, 0, PART_BYTES) < length);
    }

    /** Leaves the text whole, as one part. */
    void none(String text) {
        ends[0] = text.length();
        parts = 1;
        missingBytes = 0;
    }

    /** Keeps the beginning of a text that is too long for one line. */
    void truncate(String text) {
        parts = 0;
        truncateLast(text, 0);
    }

    /** Cuts a text that is too long for one line into parts; what is too long for all of them is missing from the last. */
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

    /** Where a part begins; parts count from 0. */
    int start(int part) {
        return part == 0 ? 0 : ends[part - 1];
    }

    int end(int part) {
        return ends[part];
    }

    /** How many bytes of the text are in no part; if any, then the last part needs the mark. */
    long missingBytes() {
        return missingBytes;
    }

    private void truncateLast(String text, int from) {
        int end = Utf8.end(text, from, PART_BYTES - MARK_BYTES);
        ends[parts++] = end;
        missingBytes = Utf8.length(text, end, text.length());
    }

    /**
     * Behind the last line break in the second half of the window, else at the window's end; but rather elsewhere in
     * that half than where the part would end in a brace.
     *
     * <p>Goes backwards from one visible character to the next: all cuts between two of them end in the same one.
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
                    // Never inside a surrogate pair: the window's end isn't, and after that a brace follows.
                    cut = end;
                }
            }
            end = visible;
        }
        return cut < 0 ? windowEnd : cut;
    }
}
