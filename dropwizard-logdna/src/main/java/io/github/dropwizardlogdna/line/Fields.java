package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The fields of one {@code meta}, in order: first our own, then the program's, where the last value of a name counts.
 *
 * <p>The two kinds don't see each other's names. A program's field whose name is ours ships with an underscore before
 * it, and with more of them where the program has that name, too: so all names that ship are different. For one thread
 * at a time; {@link #clear} forgets the event.
 */
final class Fields {

    private static final int INITIAL_CAPACITY = 32;
    private static final int RETAINED_CAPACITY = 256;
    /** Up to here a search is faster than an index. */
    private static final int INDEX_FROM = 32;

    private static final int ABSENT = -1;

    private String[] names = new String[INITIAL_CAPACITY];
    private Object[] values = new Object[INITIAL_CAPACITY];
    private int own;
    private int size;
    private boolean split;
    /** Where each of the program's names is; kept only once there are many. */
    private Map<String, Integer> index = new HashMap<>();

    int size() {
        return size;
    }

    String name(int i) {
        return names[i];
    }

    Object value(int i) {
        return values[i];
    }

    /** Adds a field of our own, if it has a value. Before any of the program's, and each name once. */
    void own(String name, @Nullable Object value) {
        if (value != null) {
            add(name, value);
            own = size;
        }
    }

    /** Begins with the numbers of a part of a line. */
    void ownParts(int parts) {
        split = true;
        own("linePart", 1);
        own("lineParts", parts);
    }

    /** Goes over to another part: of the fields only the first few are repeated there. */
    void part(int part, int repeated) {
        values[0] = part;
        Arrays.fill(names, repeated, size, null);
        Arrays.fill(values, repeated, size, null);
        size = repeated;
        own = repeated;
    }

    /**
     * Sets a program's field, in place of an earlier value. Names are compared as they arrive: two that differ in lone
     * surrogates only are the same.
     */
    void put(String programsName, Object value) {
        String name = Utf8.wellFormed(programsName);
        int i = find(name);
        if (i == ABSENT) {
            add(name, value);
            if (size > INDEX_FROM) {
                index();
            }
        } else {
            values[i] = value;
        }
    }

    boolean hasOwn(String name) {
        for (int i = 0; i < own; i++) {
            if (names[i].equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The name under which a field ships. */
    String shippedName(int i) {
        String name = names[i];
        return i < own || !isReserved(name) ? name : unused('_' + name);
    }

    /** A name, with as many underscores before it as it takes to be none of the program's. */
    String unused(String name) {
        String candidate = name;
        while (find(candidate) != ABSENT) {
            candidate = '_' + candidate;
        }
        return candidate;
    }

    void clear() {
        if (names.length > RETAINED_CAPACITY) {
            names = new String[INITIAL_CAPACITY];
            values = new Object[INITIAL_CAPACITY];
            index = new HashMap<>();
        } else {
            Arrays.fill(names, 0, size, null);
            Arrays.fill(values, 0, size, null);
            index.clear();
        }
        own = 0;
        size = 0;
        split = false;
    }

    private boolean isReserved(String name) {
        return switch (name) {
            case "logger", "thread", "markers", "exception", "caller" -> true;
            case "linePart", "lineParts" -> split;
            default -> false;
        };
    }

    private int find(String name) {
        if (size > INDEX_FROM) {
            Integer i = index.get(name);
            return i == null ? ABSENT : i;
        }
        for (int i = own; i < size; i++) {
            if (names[i].equals(name)) {
                return i;
            }
        }
        return ABSENT;
    }

    /** Brings the index up to date with the last field that was added. */
    private void index() {
        if (index.isEmpty()) {
            for (int i = own; i < size; i++) {
                index.put(names[i], i);
            }
        } else {
            index.put(names[size - 1], size - 1);
        }
    }

    private void add(String name, Object value) {
        if (size == names.length) {
            names = Arrays.copyOf(names, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
        }
        names[size] = name;
        values[size] = value;
        size++;
    }
}
