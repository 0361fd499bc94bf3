/**
 * What the appender costs, next to its peers: the logging thread ({@code jmh}), the whole process ({@code process}), a
 * whole service ({@code service}), a far endpoint ({@code far}), and what must not grow ({@code growth}, {@code outage}).
 */
package io.github.dropwizardlogdna.benchmarks;
