package io.github.dropwizardlogdna.line;

/** How a line is shipped whose text is longer than the server accepts. */
public enum OversizeLines {
    /** As numbered parts that together hold the whole text. */
    SPLIT,
    /** As one line that ends with the number of missing bytes. */
    TRUNCATE
}
