/**
 * An event becomes a line: the final bytes of its JSON. Knows Logback and logback-access; no threads, no HTTP.
 *
 * <p>What an event passes through:
 *
 * <pre>
 *  event ──▶ StackTraces, LineText ──▶ Cuts ──▶ LineEncoder ──▶ JsonBuffer: one or more wire lines
 *      └───▶ Values ──▶ Fields ────────────────────┘
 * </pre>
 *
 * A wire line is a complete JSON object followed by a comma and a newline. A raw newline occurs nowhere else, so that
 * whoever has the bytes can cut them into lines without parsing.
 */
package io.github.dropwizardlogdna.line;
