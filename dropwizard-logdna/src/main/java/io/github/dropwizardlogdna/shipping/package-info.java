/**
 * Makes batches of lines and delivers them. Knows bytes, threads and time; no Logback, no HTTP, no wall clock, no option
 * names.
 *
 * <p>The path of a line, and the owner of each part:
 *
 * <pre>
 *  logging threads         batcher thread                              sender thread
 *  append ──▶ LineQueue ──▶ OpenBatch (compresses) ──▶ BatchStore ──▶ Delivery (in parts) ──▶ IngestionClient
 *             (chunks)                                 (whole batches)
 *  └──────────────────────────────── one Budget of bytes ────────────────────────────────┘
 * </pre>
 *
 * The batcher never waits for the network, and a sender compresses only batches that it divides or whose lines are late, so an outage fills the store with
 * compressed batches. Each thread is a {@code Worker}: a loop around a {@code step(now)} that returns how long it may
 * sleep. Tests call the steps themselves, with their own clock.
 */
package io.github.dropwizardlogdna.shipping;
