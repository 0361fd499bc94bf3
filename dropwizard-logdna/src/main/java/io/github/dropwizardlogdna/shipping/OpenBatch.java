package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.HostInfo;
import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * A batch that still takes lines, and compresses them as they are added. One thread at a time.
 *
 * <p>The queue ends each line with the separator of the body, {@code {...},\n}, so that a whole chunk goes through the
 * compressor in one call.
 */
final class OpenBatch {

    /** Ends each line that is added. */
    static final byte[] END_OF_LINE = {',', '\n'};

    static final byte[] PREFIX = "{\"lines\":[".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SUFFIX = "]}".getBytes(StandardCharsets.US_ASCII);
    /** The bytes of a body in addition to its lines; the last line has no separator. */
    static final int ENVELOPE = PREFIX.length + SUFFIX.length - END_OF_LINE.length;
    /** Log text compresses at level 1 about as well as at level 6, in a third of the time. */
    private static final int DEFLATE_LEVEL = 1;

    private final boolean gzip;
    private final ByteArrayOutputStream body;
    private final OutputStream out;
    private int lines;
    private int uncompressed;

    OpenBatch(boolean gzip) {
        this(gzip, new ByteArrayOutputStream(8192));
    }

    /**
     * Builds the body in a buffer that earlier batches may have used. A buffer that grows again for each batch would leave
     * arrays behind that are large enough to trigger the garbage collector.
     */
    OpenBatch(boolean gzip, ByteArrayOutputStream body) {
        this.gzip = gzip;
        this.body = body;
        body.reset();
        this.out = gzip ? compressing(body) : body;
        write(PREFIX, 0, PREFIX.length);
    }

    /** Adds {@code count} whole lines, each with its {@link #END_OF_LINE}. */
    void add(byte[] bytes, int offset, int length, int count) {
        if (lines > 0) {
            write(END_OF_LINE, 0, END_OF_LINE.length);
        }
        write(bytes, offset, length - END_OF_LINE.length);
        lines += count;
    }

    /** Adds all lines of another batch. */
    void add(Batch batch) {
        byte[] plain = batch.plain();
        // The suffix takes the place of the last separator, which is not copied.
        int length = plain.length - PREFIX.length - SUFFIX.length + END_OF_LINE.length;
        add(plain, PREFIX.length, length, batch.lines());
    }

    int lines() {
        return lines;
    }

    /** The size of the body before compression, if it were closed now. */
    int uncompressed() {
        return uncompressed + SUFFIX.length;
    }

    /** Finishes the body. The batch must have a line, and takes no more. */
    Batch close(long since, @Nullable HostInfo origin) {
        write(SUFFIX, 0, SUFFIX.length);
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from memory
        }
        return new Batch(body.toByteArray(), gzip, lines, uncompressed, since, origin);
    }

    private void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not to memory
        }
        uncompressed += length;
    }

    private static OutputStream compressing(OutputStream out) {
        try {
            return new GZIPOutputStream(out, 64 * 1024) {
                {
                    def.setLevel(DEFLATE_LEVEL);
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not to memory
        }
    }
}
