package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.function.Function;

/**
 * What was made of strings that come again and again: names of loggers, threads and fields. Never of values, which would
 * be retained here.
 *
 * <p>Each string has two places, chosen by its hash; a new one takes the first and moves the one that was there to the
 * second. So it is bounded, and two names of the same hash don't push each other out. For one thread at a time.
 *
 * @param <V> what is made of them; not to be changed
 */
final class Recurring<V> {

    /** Longer strings are not kept, so that the whole stays small. */
    static final int MAX_CHARS = 128;

    private static final int SETS = 64;

    private final Function<String, V> make;
    private final String[] strings = new String[2 * SETS];

    @SuppressWarnings("unchecked") // of a generic type there are no arrays
    private final V[] made = (V[]) new Object[2 * SETS];

    Recurring(Function<String, V> make) {
        this.make = make;
    }

    V of(String string) {
        return of(string, string.length());
    }

    /** What is made of the first {@code to} characters of a string. */
    V of(String string, int to) {
        if (to > MAX_CHARS) {
            return make.apply(string.substring(0, to));
        }
        int hash = hash(string, to);
        int first = 2 * ((hash ^ hash >>> 16) & (SETS - 1));
        if (isPrefix(strings[first], string, to)) {
            return made[first];
        }
        if (isPrefix(strings[first + 1], string, to)) {
            return made[first + 1];
        }
        String added = string.substring(0, to);
        V value = make.apply(added);
        strings[first + 1] = strings[first];
        made[first + 1] = made[first];
        strings[first] = added;
        made[first] = value;
        return value;
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
