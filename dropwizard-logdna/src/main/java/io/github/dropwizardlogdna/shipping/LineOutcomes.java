package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.Arrays;

/**
 * The outcome of each line of a part that was answered with a 207, by line number.
 *
 * @param delivered lines that the endpoint took
 * @param refused lines that the endpoint will never take
 * @param tooLarge lines that the endpoint will never take because of their size
 * @param total the number of all lines; those in none of the three arrays must be sent again
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LineOutcomes(int[] delivered, int[] refused, int[] tooLarge, int total) {

    static LineOutcomes of(int[] numbers, Verdict verdict) {
        return new LineOutcomes(
                chosen(numbers, verdict, Outcome.DELIVERED),
                chosen(numbers, verdict, Outcome.BAD_REQUEST),
                chosen(numbers, verdict, Outcome.TOO_LARGE),
                numbers.length);
    }

    /** The number of lines that need no further attempt. */
    int settled() {
        return delivered.length + refused.length + tooLarge.length;
    }

    private static int[] chosen(int[] numbers, Verdict verdict, Outcome wanted) {
        int[] chosen = new int[numbers.length];
        int count = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (verdict.lines().get(i) == wanted) {
                chosen[count++] = numbers[i];
            }
        }
        return Arrays.copyOf(chosen, count);
    }
}
