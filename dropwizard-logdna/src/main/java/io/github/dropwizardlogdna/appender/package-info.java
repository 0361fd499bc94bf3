/**
 * Internal. Runs between Logback and the line: {@code LogDnaAppender} encodes an event and appends it to the shipper.
 * {@code ApplicationAppenders} starts and stops the appenders of an application together, and {@code AppenderAssembly}
 * builds an appender from its settings.
 */
package io.github.dropwizardlogdna.appender;
