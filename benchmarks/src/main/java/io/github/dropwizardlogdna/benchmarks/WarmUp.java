package io.github.dropwizardlogdna.benchmarks;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import java.util.function.LongSupplier;

/**
 * Load until the JVM's compilers have nothing left to do, so that what is measured is no compilation. A fixed time
 * would have to be that of the slowest machine.
 */
public final class WarmUp {

    private static final double SLICE_SECONDS = 1;
    /** Of the time of a slice, spent by all compilers together. */
    private static final double QUIET = 0.1;
    /** In a row: a compilation counts when it has ended, and may take longer than a slice. */
    private static final int QUIET_SLICES = 3;

    /** A part of the load, after which the compilers are looked at. */
    @FunctionalInterface
    public interface Slice {
        void run(double seconds) throws InterruptedException;
    }

    private WarmUp() {}

    /**
     * Returns how long it took, in seconds.
     *
     * @param longestSeconds after which the process counts as warm, whatever its compilers do
     * @param compilationMillis how long the compilers of the process have worked
     */
    public static double until(double longestSeconds, LongSupplier compilationMillis, Slice slice)
            throws InterruptedException {
        double spent = 0;
        int quiet = 0;
        while (quiet < QUIET_SLICES && spent < longestSeconds) {
            double seconds = Math.min(SLICE_SECONDS, longestSeconds - spent);
            long before = compilationMillis.getAsLong();
            slice.run(seconds);
            double compiling = (compilationMillis.getAsLong() - before) / 1e3;
            spent += seconds;
            quiet = compiling < QUIET * seconds ? quiet + 1 : 0;
        }
        Progress.say(
                number(quiet < QUIET_SLICES ? "  the JVM still compiles after %.0f s" : "  warm after %.0f s", spent));
        return spent;
    }
}
