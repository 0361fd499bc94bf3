/**
 * A LogDNA of one's own, for development and for tests: the ingestion API on this machine, and a live tail of what
 * arrives.
 *
 * <pre>
 * local          what users name: IngestionEndpoint to embed, LocalLogDnaServer to run; the console; routes
 * local.ingestion  a request becomes a batch of lines, or is refused         knows http
 * local.tail       lines become events for browsers                          knows http
 * local.http       connections, requests and answers                         knows nothing of the others
 * </pre>
 *
 * <p>A request is read by the one thread of {@code http}, handled by one of its workers, which calls the listeners, and
 * then answered.
 */
package io.github.dropwizardlogdna.local;
