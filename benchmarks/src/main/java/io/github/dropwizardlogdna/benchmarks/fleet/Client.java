package io.github.dropwizardlogdna.benchmarks.fleet;

/**
 * How one kind of client makes batches, keeps them, and sends them again. One request at a time.
 *
 * @param name for the tables
 * @param batching when a batch is closed
 * @param mostLines how many lines it holds before it drops new ones
 * @param retries when it sends again
 */
record Client(String name, Batching batching, double mostLines, Retries retries) {

    /**
     * When a batch is closed.
     *
     * @param lines the most lines of a batch
     * @param seconds the age at which it is closed with fewer
     * @param always whether it is closed at that age even while others wait, so that a backlog is many small batches
     */
    record Batching(double lines, double seconds, boolean always) {

        /** The lines of a batch that is not the last one of a backlog. */
        double full(double linesPerSecond) {
            return always ? Math.min(lines, linesPerSecond * seconds) : lines;
        }

        /** The lines that must wait before a batch is closed. */
        double enough(double linesPerSecond) {
            return Math.min(lines, linesPerSecond * seconds);
        }
    }
}
