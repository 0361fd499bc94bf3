package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import jakarta.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * The finished body of one request. Immutable.
 *
 * @param body {@code {"lines":[...]}}, one log line per line of text, possibly compressed
 * @param gzip whether {@code body} is compressed
 * @param lines the number of lines, at least one
 * @param uncompressed the size of the body before compression, in bytes
 * @param since when its oldest line was appended, on the clock of {@link System#nanoTime}
 * @param linesBefore how many lines this process has accepted before its first line; {@link #FOREIGN} for a batch of an
 *     earlier process
 * @param origin the host its lines come from; null for this process
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copies would double the memory
record Batch(
        byte[] body,
        boolean gzip,
        int lines,
        int uncompressed,
        long since,
        long linesBefore,
        @Nullable HostInfo origin) {

    /** The position of batches that do not belong to the lines of this process. */
    static final long FOREIGN = Long.MAX_VALUE;

    private static final int BUFFER = 8 * 1024;

    Batch(byte[] body, boolean gzip, int lines, int uncompressed, long since, @Nullable HostInfo origin) {
        this(body, gzip, lines, uncompressed, since, FOREIGN, origin);
    }

    /** This batch, with the position of its lines. */
    Batch at(long position) {
        return new Batch(body, gzip, lines, uncompressed, since, position, origin);
    }

    /** The bytes that this batch takes from the budget. */
    int held() {
        return body.length;
    }

    /** The body before compression, as a stream, because a copy may take several times the memory of the body. */
    InputStream open() throws IOException {
        InputStream stored = new ByteArrayInputStream(body);
        return gzip ? new GZIPInputStream(stored, BUFFER) : stored;
    }

    /** The body before compression. */
    byte[] plain() {
        if (!gzip) {
            return body;
        }
        try (InputStream in = open()) {
            byte[] plain = in.readNBytes(uncompressed);
            if (plain.length < uncompressed || in.read() >= 0) {
                throw new IllegalStateException("a batch does not have the size in its header");
            }
            return plain;
        } catch (IOException e) {
            throw new UncheckedIOException("a batch can't be inflated", e);
        }
    }

    /** A batch whose late lines begin with their own time; this one if it has none. */
    Batch withTimes(LineForm form) {
        byte[] plain = plain();
        int from = OpenBatch.PREFIX.length;
        int to = plain.length - OpenBatch.SUFFIX.length;
        byte[] changed = form.withTimes(plain, from, to);
        if (Arrays.equals(plain, from, to, changed, 0, changed.length)) {
            return this;
        }
        OpenBatch open = new OpenBatch(gzip);
        // Not copied only to append the last separator, which add() leaves out.
        open.add(changed, 0, changed.length + OpenBatch.END_OF_LINE.length, lines);
        return open.close(since, origin).at(linesBefore);
    }

    @Override
    public String toString() {
        return "Batch[" + lines + " lines, " + body.length + " bytes]";
    }
}
