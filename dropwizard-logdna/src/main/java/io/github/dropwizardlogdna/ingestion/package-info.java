/**
 * Sends a body as a request, and turns the response into a {@link io.github.dropwizardlogdna.ingestion.Verdict}. Knows HTTP
 * and Jersey, and enforces the deadlines of requests. Retries and drops are up to the caller.
 *
 * <p>From the inside out: {@code Dialer} opens connections, {@code WireConnection} speaks HTTP on one, {@code HttpTransport}
 * sends requests over a persistent one, and {@code JerseyConnector} puts Jersey's client API in front of it. {@code Attempt}
 * and {@code Watchdog} bound the time of all of it.
 */
package io.github.dropwizardlogdna.ingestion;
