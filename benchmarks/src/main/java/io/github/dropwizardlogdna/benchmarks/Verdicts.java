package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

/** Targets, each with what was measured, as a table. Not thread-safe. */
public final class Verdicts {

    private final Markdown table = new Markdown("target", "measured", "limit", "kept");
    private boolean allKept = true;

    void atMost(String target, double measured, double limit) {
        add(target, number("%,.2f", measured), number("at most %,.2f", limit), measured <= limit);
    }

    void atLeast(String target, double measured, double limit) {
        add(target, number("%,.2f", measured), number("at least %,.2f", limit), measured >= limit);
    }

    void equal(String target, long measured, long expected) {
        add(target, number("%,d", measured), number("%,d", expected), measured == expected);
    }

    /** Kept if the whole interval is below the limit. */
    public void atMost(String target, Interval measured, double limit) {
        String verdict = verdict(measured, measured.high() <= limit, measured.low() > limit);
        add(target, measured.text("%,.2f"), number("at most %,.2f", limit), verdict);
    }

    /** Kept if the whole interval is above the limit. */
    public void atLeast(String target, Interval measured, double limit) {
        String verdict = verdict(measured, measured.low() >= limit, measured.high() < limit);
        add(target, measured.text("%,.2f"), number("at least %,.2f", limit), verdict);
    }

    private static String verdict(Interval measured, boolean kept, boolean missed) {
        if (!measured.isConfident()) {
            return "too few pairs";
        }
        if (kept) {
            return "yes";
        }
        return missed ? "**no**" : "not certain";
    }

    private void add(String target, String measured, String limit, boolean kept) {
        add(target, measured, limit, kept ? "yes" : "**no**");
    }

    private void add(String target, String measured, String limit, String verdict) {
        table.row(target, measured, limit, verdict);
        allKept &= verdict.equals("yes");
    }

    boolean areAllKept() {
        return allKept;
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
