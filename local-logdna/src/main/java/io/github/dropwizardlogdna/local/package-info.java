/**
 * A local LogDNA for development and tests: the ingestion API on this machine, and a live tail of what arrives.
 *
 * <pre>
 * local            the public classes: IngestionEndpoint to embed, LocalLogDnaServer to run, LocalLogDna for tests
 * local.ingestion  turns a request into a batch of lines, or refuses it   depends on http
 * local.tail       turns lines into events for browsers                   depends on http
 * local.http       connections, requests and answers                      depends on none of the others
 * </pre>
 *
 * <p>The one I/O thread of {@code http} reads a request. A worker thread handles it, calls the listeners and answers it.
 */
package io.github.dropwizardlogdna.local;
