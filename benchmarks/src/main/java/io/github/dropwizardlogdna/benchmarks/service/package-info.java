/**
 * A whole Dropwizard service under load, with and without an appender: requests a second, latency, CPU, start-up and
 * memory. The service, the load generator and the receiving end are processes of their own.
 */
package io.github.dropwizardlogdna.benchmarks.service;
