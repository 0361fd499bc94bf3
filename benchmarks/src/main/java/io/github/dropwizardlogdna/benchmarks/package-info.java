/**
 * What the appender costs, next to its peers: {@code jmh} for the logging thread, {@code process} for everything else,
 * {@code growth} and {@code outage} for what must not grow.
 */
package io.github.dropwizardlogdna.benchmarks;
