package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.function.Function;

/**
 * A small cache for values derived from recurring names: of loggers, threads and fields. Never for logged values, which
 * would be retained here.
 *
 * <p>Two-way set associative: a new name takes the first place of its set and moves the previous one to the second. So the
 * cache is bounded, and two names with the same hash don't evict each other. For one thread at a time.
 *
 * @param <V> the derived values, which must not be modified
 */
final class NameCache<V> {

    /** Longer names are not cached, so that the cache stays small. */
    static final int MAX_CHARS = 128;

    private static final int SETS = 64;

    private final Function<String, V> make;
    private final String[] strings = new String[2 * SETS];

    @SuppressWarnings("unchecked") // there are no arrays of a generic type
    private final V[] made = (V[]) new Object[2 * SETS];

    NameCache(Function<String, V> make) {
        this.make = make;
    }

    V get(String string) {
        return get(string, string.length());
    }

    /** The value for the first {@code to} characters of a string. */
    V get(String string, int to) {
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
        // The hash of the substring, without creating it.
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
