/**
 * A live tail: a page that shows lines as they arrive.
 *
 * <p>The {@code TailLog} keeps the lines as JSON, numbered, and limits their number and bytes. For each browser the server
 * stores only the number of the last line sent. Replaying lines to a new browser, catching up a slow one and following live
 * are the same operation: read what comes after that number. So a slow browser costs no memory and delays no sender.
 *
 * <p>It depends on the package {@code http}, but not on the source of the lines.
 */
package io.github.dropwizardlogdna.local.tail;
