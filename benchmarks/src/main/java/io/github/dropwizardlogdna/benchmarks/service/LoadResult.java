package io.github.dropwizardlogdna.benchmarks.service;

/**
 * What the load generator measured.
 *
 * @param requests that were answered with 200
 * @param failed other answers, and connections that broke
 * @param seconds from the first request to the last answer
 * @param p50 of the latencies, in nanoseconds, as are the others; at a fixed rate from the moment when the request was
 *     due
 */
record LoadResult(long requests, long failed, double seconds, long p50, long p99, long p999, long max) {

    double perSecond() {
        return requests / seconds;
    }
}
