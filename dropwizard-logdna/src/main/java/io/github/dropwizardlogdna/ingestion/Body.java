package io.github.dropwizardlogdna.ingestion;

/**
 * What is sent in one request: {@code {"lines":[...]}}.
 *
 * @param bytes the body as it goes over the wire; owned by the caller, neither changed nor kept
 * @param gzip whether {@code bytes} is compressed
 * @param lines how many lines it holds, at least one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never copied
public record Body(byte[] bytes, boolean gzip, int lines) {

    @Override
    public String toString() {
        return "Body[" + lines + " lines, " + bytes.length + " bytes" + (gzip ? ", gzip]" : "]");
    }
}
