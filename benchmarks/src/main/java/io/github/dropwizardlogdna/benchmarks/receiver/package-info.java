/**
 * The receiving end: a process of its own that takes what a contender sends, answers at once, and reports the lines, their
 * arrival, and its own latency. It does not know Logback.
 */
package io.github.dropwizardlogdna.benchmarks.receiver;
