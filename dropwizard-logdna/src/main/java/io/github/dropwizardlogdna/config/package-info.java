/**
 * Internal. Reads and validates options: values of the wrong form, defaults from the environment, and appenders of single
 * loggers, which Dropwizard does not validate.
 */
package io.github.dropwizardlogdna.config;
