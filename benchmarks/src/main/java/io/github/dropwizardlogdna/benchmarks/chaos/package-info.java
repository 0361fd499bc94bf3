/**
 * Random faults against a whole service behind a real nginx, and the invariants that must hold at the end.
 *
 * <pre>
 *  ChaosService (a JVM of its own) ──▶ Nginx (a real one) ──▶ ChaosEndpoint ──▶ ChaosBooks (what arrived, and when twice is allowed)
 *        ▲ SIGTERM, kill -9, SIGSTOP      ▲ reload, kill         ▲ statuses, 207, hangs, resets
 *        └──────────────────────────── Chaos (picks a fault by a seeded random generator) ───────────────────┘
 * </pre>
 */
package io.github.dropwizardlogdna.benchmarks.chaos;
