/**
 * The LogDNA ingestion API, to see the lines of a service without an account or a network. It accepts the requests of the
 * vendor's clients and of common collectors, answers as the real API does, and limits the cost of a request.
 *
 * <p>It depends on the package {@code http} and on Jackson, but not on the service whose logs arrive.
 */
package io.github.dropwizardlogdna.local.ingestion;
