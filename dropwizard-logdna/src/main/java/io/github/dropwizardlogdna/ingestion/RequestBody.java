package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;

/**
 * The body of one request: {@code {"lines":[...]}}.
 *
 * @param bytes the body as it goes over the wire; owned by the caller, and neither modified nor retained
 * @param gzip whether {@code bytes} is compressed
 * @param lines the number of lines, at least one
 * @param hostInfo the host that the lines come from; null for this process
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never copied
public record RequestBody(
        byte[] bytes, boolean gzip, int lines, @Nullable HostInfo hostInfo) {

    /** A body with lines of this process. */
    public RequestBody(byte[] bytes, boolean gzip, int lines) {
        this(bytes, gzip, lines, null);
    }

    @Override
    public String toString() {
        return "RequestBody[" + lines + " lines, " + bytes.length + " bytes" + (gzip ? ", gzip]" : "]");
    }
}
