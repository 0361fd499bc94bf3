package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.util.Arrays;

/**
 * The median of some values, with an interval that holds the true median with at least 95 % confidence, for any
 * distribution of the values: the narrowest pair of order statistics that does so by the binomial distribution (the interval
 * that belongs to the sign test). It takes six values; with fewer the interval is that of all values, and its
 * confidence says how little that is worth.
 *
 * @param confidence the probability that such an interval holds the true median; between 0 and 1
 */
public record Interval(double median, double low, double high, double confidence) {

    static final double WANTED = 0.95;

    /**
     * Computes both from the values, in any order.
     *
     * @throws IllegalArgumentException if there is no value
     */
    public static Interval of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        // The interval leaves out as many values at each end as its confidence allows.
        int left = 0;
        while (2 * (left + 1) < n && confidence(n, left + 1) >= WANTED) {
            left++;
        }
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new Interval(median, sorted[left], sorted[n - 1 - left], confidence(n, left));
    }

    /** The probability that the true median is neither below nor above what is left of n values. */
    private static double confidence(int n, int leftOutAtEachEnd) {
        double term = Math.pow(0.5, n); // n over k, times 2^-n
        double outside = 0;
        for (int k = 0; k <= leftOutAtEachEnd; k++) {
            outside += 2 * term;
            term = term * (n - k) / (k + 1);
        }
        return Math.max(0, 1 - outside);
    }

    /** What tables with intervals begin with. */
    public static String legend(int rounds) {
        return (rounds == 1 ? "One round" : "Medians of " + rounds + " rounds")
                + "; in brackets the interval that holds the true median with at least 95 % confidence (with fewer than"
                + " six rounds: all that was measured).";
    }

    public boolean isConfident() {
        return confidence >= WANTED;
    }

    /** As in {@code 1.05 [1.02, 1.07]}. */
    public String text(String format) {
        return number(format + " [" + format + ", " + format + "]", median, low, high);
    }

    public Interval dividedBy(double divisor) {
        return new Interval(median / divisor, low / divisor, high / divisor, confidence);
    }
}
