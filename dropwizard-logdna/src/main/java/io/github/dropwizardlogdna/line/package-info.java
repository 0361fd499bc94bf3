/**
 * Encodes an event as a line: the final bytes of its JSON. Knows Logback and logback-access, but no threads and no HTTP.
 *
 * <p>{@code LineEncoder} runs these steps:
 *
 * <pre>
 *  event ──▶ EventReader ──▶ text ──▶ EventRedactor ──▶ LineSplitter ──┬──▶ JsonBuffer: one or more wire lines
 *                 └────────▶ OwnFields, ProgramFields ──▶ MetaWriter ──┘
 * </pre>
 *
 * A wire line is a complete JSON object followed by a comma and a newline. A raw newline occurs nowhere else, so the
 * bytes can be divided into lines without parsing.
 */
package io.github.dropwizardlogdna.line;
