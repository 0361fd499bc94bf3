/**
 * The example service with the settings of its Kubernetes manifest: as little memory, a read-only root file system, a user
 * of no name, an outage under load, and SIGTERM.
 */
package io.github.dropwizardlogdna.benchmarks.pod;
