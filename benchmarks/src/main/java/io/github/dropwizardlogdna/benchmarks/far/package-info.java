/**
 * A far endpoint: two network namespaces whose only connection delays each packet by half a round trip, and may lose
 * some. TCP between them is the kernel's own, with its slow start and congestion control.
 */
package io.github.dropwizardlogdna.benchmarks.far;
