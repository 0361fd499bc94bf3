package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

/** Promises, each with what was measured, as a table. Not thread-safe. */
final class Verdicts {

    private final Markdown table = new Markdown("promise", "measured", "limit", "kept");
    private boolean allKept = true;

    void atMost(String promise, double measured, double limit) {
        add(promise, number("%,.2f", measured), number("at most %,.2f", limit), measured <= limit);
    }

    void atLeast(String promise, double measured, double limit) {
        add(promise, number("%,.2f", measured), number("at least %,.2f", limit), measured >= limit);
    }

    void equal(String promise, long measured, long expected) {
        add(promise, number("%,d", measured), number("%,d", expected), measured == expected);
    }

    private void add(String promise, String measured, String limit, boolean kept) {
        table.row(promise, measured, limit, kept ? "yes" : "**no**");
        allKept &= kept;
    }

    boolean areAllKept() {
        return allKept;
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
