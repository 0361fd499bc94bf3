package io.github.dropwizardlogdna.local.tail;

import jakarta.annotation.Nullable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The position of an event: the number of its last line, and the epoch in which that number is valid. A restarted process
 * has a new epoch and counts from 1.
 */
record EventId(String epoch, long number) {

    /** The number has at most 18 digits, which always fit into a long. */
    private static final Pattern FORMAT = Pattern.compile("(?<epoch>[0-9a-f-]+)\\.(?<number>\\d{1,18})");

    /** Parses an id. An id of another epoch, or none, becomes the beginning of this epoch. */
    static EventId of(@Nullable String id, String epoch) {
        Matcher matcher = FORMAT.matcher(id == null ? "" : id);
        return matcher.matches() && matcher.group("epoch").equals(epoch)
                ? new EventId(epoch, Long.parseLong(matcher.group("number")))
                : new EventId(epoch, 0);
    }

    @Override
    public String toString() {
        return epoch + "." + number;
    }
}
