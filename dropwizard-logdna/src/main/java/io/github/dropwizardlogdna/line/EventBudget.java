package io.github.dropwizardlogdna.line;

/**
 * How much of one event is looked at, so that no event holds up its logging thread, however it was made. An ordinary
 * event uses a thousandth of it. The time of a single call into the program ({@code toString}, an iterator's
 * {@code next}) can't be bounded.
 *
 * <p>Owned by one encoder; for one thread at a time.
 */
final class EventBudget {

    /** MDC entries, key-value pairs and references of markers, all together. */
    static final int ENTRIES = 65_536;

    /** Entries of maps, collections and arrays; of their own, so that they don't crowd out the fields behind them. */
    static final int NESTED_ENTRIES = 65_536;

    /** UTF-16 characters of values that are kept until they are written. */
    static final int VALUE_CHARS = 1_000_000;

    private final long searchWorkOfAnEvent;
    private long searchWork;
    private int entries;
    private int nestedEntries;
    private int valueChars;

    /** @param searchWork what searching all texts of an event may take, in the unit of {@link Redaction} */
    EventBudget(long searchWork) {
        this.searchWorkOfAnEvent = searchWork;
        renew();
    }

    /** Begins another event. */
    void renew() {
        searchWork = searchWorkOfAnEvent;
        entries = ENTRIES;
        nestedEntries = NESTED_ENTRIES;
        valueChars = VALUE_CHARS;
    }

    /** Whether one more entry may be looked at. */
    boolean takeEntry() {
        return entries > 0 && entries-- > 0;
    }

    /** Whether one more entry of a map, a collection or an array may be looked at. */
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
