package io.github.dropwizardlogdna.line;

/**
 * Bounds the work on one event, so that no event holds up its logging thread, whatever it contains. An ordinary event
 * uses a thousandth of it. The time of a single call into the program ({@code toString}, an iterator's {@code next})
 * can't be bounded.
 *
 * <p>Owned by one encoder; for one thread at a time.
 */
final class EventBudget {

    /** The total of MDC entries, key-value pairs and references of markers. */
    static final int ENTRIES = 65_536;

    /** Entries of maps, collections and arrays; counted apart, so that they don't crowd out later fields. */
    static final int NESTED_ENTRIES = 65_536;

    /** UTF-16 characters of values that are held until they are written. */
    static final int VALUE_CHARS = 1_000_000;

    private final long maxSearchWork;
    private long searchWork;
    private int entries;
    private int nestedEntries;
    private int valueChars;

    /** @param searchWork the limit for searching all texts of an event, in the unit of {@link Redaction} */
    EventBudget(long searchWork) {
        this.maxSearchWork = searchWork;
        reset();
    }

    /** Starts another event. */
    void reset() {
        searchWork = maxSearchWork;
        entries = ENTRIES;
        nestedEntries = NESTED_ENTRIES;
        valueChars = VALUE_CHARS;
    }

    /** Takes one entry, and returns false if none is left. */
    boolean takeEntry() {
        return entries > 0 && entries-- > 0;
    }

    /** Takes one entry of a map, a collection or an array, and returns false if none is left. */
    boolean takeNestedEntry() {
        return nestedEntries > 0 && nestedEntries-- > 0;
    }

    long searchWork() {
        return searchWork;
    }

    void spendSearchWork(long work) {
        searchWork = Math.max(0, searchWork - work);
    }

    boolean hasValueChars() {
        return valueChars > 0;
    }

    void spendValueChars(int chars) {
        valueChars = Math.max(0, valueChars - chars);
    }
}
