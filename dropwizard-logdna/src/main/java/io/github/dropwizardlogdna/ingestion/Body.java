package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;

/**
 * What is sent in one request: {@code {"lines":[...]}}.
 *
 * @param bytes the body as it goes over the wire; owned by the caller, neither changed nor kept
 * @param gzip whether {@code bytes} is compressed
 * @param lines how many lines it holds, at least one
 * @param origin where the lines come from; null for this process
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never copied
public record Body(
        byte[] bytes, boolean gzip, int lines, @Nullable Origin origin) {

    /** Of lines that come from this process. */
    public Body(byte[] bytes, boolean gzip, int lines) {
        this(bytes, gzip, lines, null);
    }

    @Override
    public String toString() {
        return "Body[" + lines + " lines, " + bytes.length + " bytes" + (gzip ? ", gzip]" : "]");
    }
}
