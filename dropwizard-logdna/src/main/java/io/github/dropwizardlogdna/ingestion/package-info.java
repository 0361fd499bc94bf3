/**
 * A body becomes a request, an answer becomes a {@link io.github.dropwizardlogdna.ingestion.Verdict}. Knows HTTP and
 * Jersey; owns the deadlines of its requests. It neither retries nor decides: that is up to the caller.
 *
 * <p>From the inside out: {@code Dialer} makes connections, {@code WireConnection} speaks HTTP on one, {@code
 * HttpTransport} sends requests over the connection that it keeps, {@code JerseyConnector} puts Jersey's client in front
 * of that. {@code Attempt} and {@code Watchdog} bound all of it in time.
 */
package io.github.dropwizardlogdna.ingestion;
