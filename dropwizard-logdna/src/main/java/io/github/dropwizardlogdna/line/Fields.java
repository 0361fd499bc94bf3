package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The fields of one {@code meta}, in order: first our own, then the program's, of which the last value of a name wins.
 *
 * <p>The two kinds are separate namespaces. A program's field that has one of our names ships with a leading underscore, or
 * with more of them if the program has that name, too, so all names that ship are distinct. For one thread at a time;
 * {@link #clear} forgets the event.
 */
final class Fields {

    private static final FieldName[] NONE = {};
    private static final int INITIAL_CAPACITY = 32;
    private static final int RETAINED_CAPACITY = 256;
    /** Up to this size a linear search is faster than an index. */
    private static final int INDEX_FROM = 32;

    /** More than fit into {@code meta}, even if each takes the fewest bytes possible. */
    private static final int MAX_FIELDS = 8_192;

    private static final int ABSENT = -1;

    private FieldName[] names = new FieldName[INITIAL_CAPACITY];
    private Object[] values = new Object[INITIAL_CAPACITY];
    /** The shipped names of renamed fields, by index; created on demand. */
    private FieldName[] renamed = NONE;

    private int leftOut;
    private int own;
    private int repeated;
    private int size;
    private boolean split;
    /** The index of each of the program's names; used only if there are many. */
    private Map<String, Integer> index = new HashMap<>();

    int size() {
        return size;
    }

    Object value(int i) {
        return values[i];
    }

    /** Adds a field of our own, if it has a value. Must be called before {@link #put}, and once for each name. */
    void putOwn(FieldName name, @Nullable Object value) {
        if (value != null) {
            add(name, value);
            own = size;
        }
    }

    /** Adds the number of the part and of parts. Must be called first. */
    void putPartNumbers(int parts) {
        split = true;
        putOwn(FieldName.LINE_PART, 1);
        putOwn(FieldName.LINE_PARTS, parts);
    }

    /** Marks the fields so far as repeated in each part of a line. */
    void repeatInEachPart() {
        repeated = size;
    }

    /** Starts another part, which has only the repeated fields. */
    void startPart(int part) {
        values[0] = part;
        Arrays.fill(names, repeated, size, null);
        Arrays.fill(values, repeated, size, null);
        size = repeated;
        own = repeated;
        leftOut = 0;
        renamed = NONE;
    }

    /** Sets a program's field, replacing an earlier value. If there are too many fields, it is left out. */
    void put(FieldName name, Object value) {
        int i = find(name.text);
        if (i != ABSENT) {
            values[i] = value;
        } else if (size == MAX_FIELDS) {
            leaveOut();
        } else {
            add(name, value);
            if (size > INDEX_FROM) {
                index();
            }
        }
    }

    /** Whether {@link #put} would keep a field; if not, counts it as left out. */
    boolean takes(FieldName name) {
        if (size < MAX_FIELDS || find(name.text) != ABSENT) {
            return true;
        }
        leaveOut();
        return false;
    }

    /** Counts a program's field that does not ship. */
    void leaveOut() {
        leftOut++;
    }

    int leftOut() {
        return leftOut;
    }

    boolean hasOwn(FieldName name) {
        for (int i = 0; i < own; i++) {
            if (names[i].is(name)) {
                return true;
            }
        }
        return false;
    }

    /** The name under which a field ships. */
    FieldName shippedName(int i) {
        FieldName name = names[i];
        boolean mustRename = i >= own && (split ? name.reservedInParts : name.reserved);
        return mustRename ? renamed(i) : name;
    }

    /** Cached, because the name is needed each time the fields are written with another cap. */
    private FieldName renamed(int i) {
        if (renamed.length < size) {
            renamed = new FieldName[size];
        }
        if (renamed[i] == null) {
            renamed[i] = unused("_" + names[i].text);
        }
        return renamed[i];
    }

    /** Prefixes a name with as many underscores as it takes to differ from all of the program's names. */
    FieldName unused(String text) {
        String candidate = text;
        while (find(candidate) != ABSENT) {
            candidate = "_" + candidate;
        }
        return FieldName.of(candidate);
    }

    void clear() {
        if (names.length > RETAINED_CAPACITY) {
            names = new FieldName[INITIAL_CAPACITY];
            values = new Object[INITIAL_CAPACITY];
            index = new HashMap<>();
        } else {
            Arrays.fill(names, 0, size, null);
            Arrays.fill(values, 0, size, null);
            index.clear();
        }
        renamed = NONE;
        leftOut = 0;
        own = 0;
        repeated = 0;
        size = 0;
        split = false;
    }

    private int find(String name) {
        if (size > INDEX_FROM) {
            Integer i = index.get(name);
            return i == null ? ABSENT : i;
        }
        for (int i = own; i < size; i++) {
            if (names[i].text.equals(name)) {
                return i;
            }
        }
        return ABSENT;
    }

    /** Adds the last field to the index, or all fields if it is empty. */
    private void index() {
        if (index.isEmpty()) {
            for (int i = own; i < size; i++) {
                index.put(names[i].text, i);
            }
        } else {
            index.put(names[size - 1].text, size - 1);
        }
    }

    private void add(FieldName name, Object value) {
        if (size == names.length) {
            // Both or neither, even if the second allocation fails.
            FieldName[] moreNames = Arrays.copyOf(names, 2 * size);
            Object[] moreValues = Arrays.copyOf(values, 2 * size);
            names = moreNames;
            values = moreValues;
        }
        names[size] = name;
        values[size] = value;
        size++;
    }
}
