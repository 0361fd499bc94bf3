package io.github.dropwizardlogdna.benchmarks.fleet;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.random.RandomGenerator;

/** When a client sends a batch again that was not taken. Without state: what it must know is in {@link Attempt}. */
interface Retries {

    /** In place of a delay: the batch is dropped. */
    long GIVE_UP = -1;

    /**
     * An attempt that failed.
     *
     * @param ofBatch its number among those of this batch, from 1
     * @param inARow how many have failed since one was taken, this one included
     * @param lastDelay the delay before it, in nanoseconds; that of an earlier batch if this is its first; 0 if there was none
     * @param answered whether it was an answer that refused it, and not the connection
     * @param verdict what the appender makes of it
     */
    record Attempt(int ofBatch, int inARow, long lastDelay, boolean answered, Verdict verdict) {}

    /** The nanoseconds until the next attempt, or {@link #GIVE_UP}. */
    long delayAfter(Attempt failed, RandomGenerator random);
}
