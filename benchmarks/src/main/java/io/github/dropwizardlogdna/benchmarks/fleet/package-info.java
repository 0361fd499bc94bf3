/** What many services do to an endpoint that comes back after an outage: a simulation with a virtual clock. */
package io.github.dropwizardlogdna.benchmarks.fleet;
