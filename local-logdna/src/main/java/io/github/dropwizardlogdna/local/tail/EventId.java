package io.github.dropwizardlogdna.local.tail;

import jakarta.annotation.Nullable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of an event: the number of its last line, and the epoch in which that number means something, because a
 * process that starts anew counts anew.
 */
record EventId(String epoch, long number) {

    /** As many digits as a long takes for certain. */
    private static final Pattern FORMAT = Pattern.compile("(?<epoch>[0-9a-f-]+)\\.(?<number>\\d{1,18})");

    /** Where to go on after the event of this id: at the beginning, where it is none of this epoch. */
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
