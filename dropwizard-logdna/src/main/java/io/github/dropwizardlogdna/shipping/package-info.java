/**
 * Lines become batches, batches are delivered. Knows bytes, threads and time; no Logback, no HTTP, no wall clock.
 *
 * <p>What a line passes through, and who owns what:
 *
 * <pre>
 *  logging threads         batcher thread                              sender thread
 *  append ──▶ HandOff ──▶ OpenBatch (compresses) ──▶ BatchStore ──▶ parts of the head ──▶ IngestionClient
 *             (chunks)                                (whole batches)
 *  └────────────────────── one byte budget, kept by the Ledger ──────────────────────┘
 * </pre>
 *
 * The batcher never waits for the network and the sender never waits for lines to be compressed, so an outage fills the
 * store with compressed batches and nothing else. Both threads run a visible loop around a {@code step(now)} that
 * returns how long it may sleep: the tests call the steps, with a clock of their own.
 */
package io.github.dropwizardlogdna.shipping;
