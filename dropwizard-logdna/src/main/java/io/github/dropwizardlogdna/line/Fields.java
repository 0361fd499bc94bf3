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

    private static final FieldName[] NONE = {};
    private static final int INITIAL_CAPACITY = 32;
    private static final int RETAINED_CAPACITY = 256;
    /** Up to here a search is faster than an index. */
    private static final int INDEX_FROM = 32;

    /** More than fit into {@code meta}, even if each took the fewest bytes. */
    private static final int MAX_FIELDS = 8_192;

    private static final int ABSENT = -1;

    private FieldName[] names = new FieldName[INITIAL_CAPACITY];
    private Object[] values = new Object[INITIAL_CAPACITY];
    /** The names that make way for ours as they ship, by where they are; made once they are asked for. */
    private FieldName[] madeWay = NONE;

    private int leftOut;
    private int own;
    private int size;
    private boolean split;
    /** Where each of the program's names is; kept only once there are many. */
    private Map<String, Integer> index = new HashMap<>();

    int size() {
        return size;
    }

    Object value(int i) {
        return values[i];
    }

    /** Adds a field of our own, if it has a value. Before any of the program's, and each name once. */
    void own(FieldName name, @Nullable Object value) {
        if (value != null) {
            add(name, value);
            own = size;
        }
    }

    /** Begins with the numbers of a part of a line. */
    void ownParts(int parts) {
        split = true;
        own(FieldName.LINE_PART, 1);
        own(FieldName.LINE_PARTS, parts);
    }

    /** Goes over to another part: of the fields only the first few are repeated there. */
    void part(int part, int repeated) {
        values[0] = part;
        Arrays.fill(names, repeated, size, null);
        Arrays.fill(values, repeated, size, null);
        size = repeated;
        own = repeated;
        leftOut = 0;
        madeWay = NONE;
    }

    /** Sets a program's field, in place of an earlier value; if there are too many, it is left out. */
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

    /** Whether a program's field would be kept; if not, it is counted as left out. */
    boolean takes(FieldName name) {
        if (size < MAX_FIELDS || find(name.text) != ABSENT) {
            return true;
        }
        leaveOut();
        return false;
    }

    /** Counts a field that the program gave and that does not ship. */
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
        boolean makesWay = i >= own && (split ? name.reservedInParts : name.reserved);
        return makesWay ? madeWay(i) : name;
    }

    /** Asked for again and again while the fields are cut to what fits. */
    private FieldName madeWay(int i) {
        if (madeWay.length < size) {
            madeWay = new FieldName[size];
        }
        if (madeWay[i] == null) {
            madeWay[i] = unused("_" + names[i].text);
        }
        return madeWay[i];
    }

    /** A name, with as many underscores before it as it takes to be none of the program's. */
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
        madeWay = NONE;
        leftOut = 0;
        own = 0;
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

    /** Brings the index up to date with the last field that was added. */
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
            // Both or none, even if memory or the stack ends here.
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
