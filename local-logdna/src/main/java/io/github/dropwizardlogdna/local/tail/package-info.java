/**
 * A live tail: a page that shows lines as they arrive.
 *
 * <p>Each line is kept as its JSON in the {@code TailLog}, numbered, and bounded in lines and bytes. A browser is no more
 * than a number in that log, the last line it was sent: what is replayed to a new one, what a slow one still has to get,
 * and what follows live is the same read. So no browser, however slow, costs memory or makes a sender wait.
 *
 * <p>It knows the server of the package {@code http}, and nothing of where the lines come from.
 */
package io.github.dropwizardlogdna.local.tail;
