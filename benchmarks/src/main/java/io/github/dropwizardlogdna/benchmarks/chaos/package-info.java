/**
 * Random faults against a whole service behind a real nginx, and the invariants that must hold at the end.
 *
 * <pre>
 *  ChaosService (a separate JVM) ──▶ Nginx (a real one) ──▶ ChaosEndpoint ──▶ DeliveryLedger (lines that arrived, and allowed duplicates)
 *        ▲ SIGTERM, kill -9, SIGSTOP      ▲ reload, kill         ▲ statuses, 207, hangs, resets
 *        └──────────────────────────── Chaos (picks faults with a seeded random generator) ───────────────────┘
 * </pre>
 */
package io.github.dropwizardlogdna.benchmarks.chaos;
