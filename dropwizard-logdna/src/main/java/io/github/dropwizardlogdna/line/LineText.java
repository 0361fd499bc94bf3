package io.github.dropwizardlogdna.line;

/** Facts about the end of a text. */
final class LineText {

    private LineText() {}

    static String withoutTrailingLineBreaks(String text) {
        int end = text.length();
        while (end > 0 && isLineBreak(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static boolean isLineBreak(char c) {
        return c == '\n' || c == '\r';
    }

    /** Whether the server would parse the characters from {@code from} to {@code to} as JSON. */
    static boolean endsInBrace(String text, int from, int to) {
        int last = lastVisible(text, from, to);
        return last >= from && text.charAt(last) == '}';
    }

    /** The index of the last character that is not white space, or {@code from - 1}. */
    static int lastVisible(String text, int from, int to) {
        int last = to - 1;
        while (last >= from && isBlank(text.charAt(last))) {
            last--;
        }
        return last;
    }

    /** Generous, because it is unknown what the server trims. JavaScript trims the byte order mark, too. */
    private static boolean isBlank(char c) {
        return c <= ' ' || (c >= 0x7f && (Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF'));
    }
}
