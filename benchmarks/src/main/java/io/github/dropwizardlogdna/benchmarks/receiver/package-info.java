/**
 * The receiving end: a process of its own that takes whatever a contender sends, answers at once, and says how many
 * lines it got, when, and how long it took itself. Knows nothing of loggers.
 */
package io.github.dropwizardlogdna.benchmarks.receiver;
