/**
 * Ships the logs of a Dropwizard service to LogDNA (Mezmo): {@code type: logdna} under {@code logging.appenders}.
 *
 * <p>An event goes one way: {@code LogDnaAppender} (guards it) → {@code line} (an event becomes the bytes of its line) →
 * {@code shipping} (lines become batches, batches are delivered) → {@code ingestion} (a batch becomes a request, an
 * answer a verdict). This package puts them together, and binds them to what a Dropwizard application has: its
 * configuration, its start and its ending, its metrics.
 */
package io.github.dropwizardlogdna;
