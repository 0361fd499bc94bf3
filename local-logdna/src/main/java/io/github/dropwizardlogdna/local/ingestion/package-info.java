/**
 * The LogDNA ingestion API on this machine: to see, without an account or a network, what a service ships.
 *
 * <p>It knows Jetty and Jackson, and nothing of the service whose logs arrive. What it takes, the live tail of the package
 * {@code tail} shows.
 */
package io.github.dropwizardlogdna.local.ingestion;
