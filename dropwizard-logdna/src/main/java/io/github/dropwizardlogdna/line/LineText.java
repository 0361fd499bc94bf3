package io.github.dropwizardlogdna.line;

import ch.qos.logback.access.common.spi.IAccessEvent;
import jakarta.annotation.Nullable;

/** The text of a request's line, where no layout prints it, and what matters about the end of any. */
final class LineText {

    private LineText() {}

    /** The method, the URI without its query, and the status. */
    static String of(IAccessEvent event) {
        return event.getMethod() + ' ' + withoutQuery(event.getRequestURI()) + ' ' + event.getStatusCode();
    }

    /** A malformed request may have no URI. */
    static String withoutQuery(@Nullable String uri) {
        if (uri == null) {
            return IAccessEvent.NA;
        }
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }

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

    /** Whether the server would take the characters from {@code from} to {@code to} for JSON. */
    static boolean endsInBrace(String text, int from, int to) {
        int last = lastVisible(text, from, to);
        return last >= from && text.charAt(last) == '}';
    }

    /** Where the last character is that is no white space, or one less than {@code from}. */
    static int lastVisible(String text, int from, int to) {
        int last = to - 1;
        while (last >= from && isBlank(text.charAt(last))) {
            last--;
        }
        return last;
    }

    /** Generous, as it is not known what the server trims; the last one is the byte order mark, which JavaScript does. */
    private static boolean isBlank(char c) {
        return c <= ' ' || (c >= 0x7f && (Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF'));
    }
}
