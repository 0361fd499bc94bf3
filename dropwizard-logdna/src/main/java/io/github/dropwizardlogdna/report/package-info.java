/**
 * Internal. Reports what happens to the lines: log messages, metrics, health check and admin task. {@code Message} has all
 * texts that the library logs.
 */
package io.github.dropwizardlogdna.report;
