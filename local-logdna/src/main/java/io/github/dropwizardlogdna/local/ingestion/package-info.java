/**
 * The LogDNA ingestion API: to see, without an account or a network, what a service ships. It takes what the vendor's own
 * clients and the common collectors send, and answers as the real one does, with bounds on what a request may cost.
 *
 * <p>It knows the server of the package {@code http} and Jackson, and nothing of the service whose logs arrive.
 */
package io.github.dropwizardlogdna.local.ingestion;
