package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.Arrays;

/**
 * The JSON of strings that come again and again: names of loggers, threads and fields. Never of values, which would be
 * retained here. Where something is redacted, what is kept is the redacted form, found by the original.
 *
 * <p>Each string has two places, chosen by its hash; a new one takes the first and moves the one that was there to the
 * second. So it is bounded, and two names of the same hash don't push each other out. For one thread at a time.
 */
final class QuotedStrings {

    /** Longer strings are not kept, so that the whole stays small. */
    static final int MAX_CHARS = 128;

    private static final int SETS = 64;

    private final String[] strings = new String[2 * SETS];
    private final byte[][] quoted = new byte[2 * SETS][];
    private final JsonBuffer buffer = new JsonBuffer();

    @Nullable
    private final Redaction redaction;

    QuotedStrings(@Nullable Redaction redaction) {
        this.redaction = redaction;
    }

    /** The first {@code to} characters of a string, at most {@link #MAX_CHARS}, in quotes. Not to be changed. */
    byte[] quoted(String string, int to) {
        int hash = hash(string, to);
        int first = 2 * ((hash ^ hash >>> 16) & (SETS - 1));
        if (isPrefix(strings[first], string, to)) {
            return quoted[first];
        }
        if (isPrefix(strings[first + 1], string, to)) {
            return quoted[first + 1];
        }
        String added = string.substring(0, to);
        buffer.clear();
        buffer.string(redaction == null ? added : redaction.redacted(added));
        strings[first + 1] = strings[first];
        quoted[first + 1] = quoted[first];
        strings[first] = added;
        quoted[first] = Arrays.copyOf(buffer.bytes(), buffer.length());
        return quoted[first];
    }

    private static int hash(String string, int to) {
        if (to == string.length()) {
            return string.hashCode();
        }
        // Same as the hash of the substring, which need not exist for it.
        int hash = 0;
        for (int i = 0; i < to; i++) {
            hash = 31 * hash + string.charAt(i);
        }
        return hash;
    }

    private static boolean isPrefix(@Nullable String kept, String string, int to) {
        if (kept == null) {
            return false;
        }
        return to == string.length() ? kept.equals(string) : kept.length() == to && string.startsWith(kept);
    }
}
