package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Origin;
import jakarta.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;

/**
 * Lines in the form in which they are sent: the finished body of one request. Immutable.
 *
 * @param body {@code {"lines":[...]}}, one line of log a line of text, perhaps compressed
 * @param gzip whether {@code body} is compressed
 * @param lines how many there are, at least one
 * @param uncompressed the size of the body before compression, in bytes
 * @param since when its oldest line was handed over, on the clock of {@link System#nanoTime}
 * @param origin where its lines come from; null for this process
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copies would double the memory
record Batch(
        byte[] body,
        boolean gzip,
        int lines,
        int uncompressed,
        long since,
        @Nullable Origin origin) {

    /** What this batch costs of the budget: its bytes, as they are held. */
    int held() {
        return body.length;
    }

    /** The body before compression. */
    byte[] plain() {
        if (!gzip) {
            return body;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] plain = in.readNBytes(uncompressed);
            if (plain.length < uncompressed || in.read() >= 0) {
                throw new IllegalStateException("a batch is not as large as it says");
            }
            return plain;
        } catch (IOException e) {
            throw new UncheckedIOException("a batch can't be inflated", e);
        }
    }

    @Override
    public String toString() {
        return "Batch[" + lines + " lines, " + body.length + " bytes]";
    }
}
