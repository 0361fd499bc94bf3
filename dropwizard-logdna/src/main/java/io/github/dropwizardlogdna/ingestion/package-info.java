/**
 * A body becomes a request, an answer becomes a {@link io.github.dropwizardlogdna.ingestion.Verdict}. Knows HTTP and
 * Jersey; has no threads, no retries and no memory of its own: what to do with a verdict is decided by who asked.
 */
package io.github.dropwizardlogdna.ingestion;
