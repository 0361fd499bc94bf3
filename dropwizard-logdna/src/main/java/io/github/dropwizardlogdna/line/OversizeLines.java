package io.github.dropwizardlogdna.line;

/** What becomes of a line whose text is longer than the server takes. */
public enum OversizeLines {
    /** Numbered parts that, put together, are the whole text. */
    SPLIT,
    /** One line, with a mark that says how much is missing. */
    TRUNCATE
}
