package io.github.dropwizardlogdna.line;

/**
 * The server's limits for a line. It documents 16 KB and 32 KB and does not say whether a KB is 1,000 or 1,024 bytes, so
 * the smaller one is used.
 */
final class Limits {

    /** Bytes of UTF-8 in {@code line}, before escaping. */
    static final int LINE_BYTES = 16_000 - 1;

    /** Bytes of JSON in {@code meta}. */
    static final int META_BYTES = 32_000 - 1;

    /** UTF-16 characters in {@code app}. */
    static final int APP_CHARS = 512;

    /** The maximum number of lines into which one event is split. */
    static final int PARTS = 64;

    /** UTF-16 characters in the name of a field. LogDNA documents no limit; longer names have no practical use. */
    static final int NAME_CHARS = 1_024;

    /** The capacity of all parts of a line together. */
    static final int TEXT_CHARS = PARTS * LINE_BYTES;

    private Limits() {}
}
