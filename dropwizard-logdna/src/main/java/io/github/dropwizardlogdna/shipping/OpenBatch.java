package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Origin;
import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * A batch that still takes lines, and compresses them as they come. One thread at a time.
 *
 * <p>The lines arrive as {@code {...},\n}: what separates them in the body is what ends them in the hand-off, so that a
 * whole chunk goes through the compressor in one call.
 */
final class OpenBatch {

    /** What ends each line that is added. */
    static final byte[] END_OF_LINE = {',', '\n'};

    static final byte[] PREFIX = "{\"lines\":[".getBytes(StandardCharsets.US_ASCII);
    static final byte[] SUFFIX = "]}".getBytes(StandardCharsets.US_ASCII);
    /** What a body has beside its lines, if the separator that the last line does not have is left out. */
    static final int ENVELOPE = PREFIX.length + SUFFIX.length - END_OF_LINE.length;
    /** Text of logs shrinks by about as much at level 1 as at 6, for a third of the time. */
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
     * With a buffer to build the body in, which may have served another batch before. A buffer that grows anew for each
     * batch leaves arrays behind that are large enough to set off the garbage collector by themselves.
     */
    OpenBatch(boolean gzip, ByteArrayOutputStream body) {
        this.gzip = gzip;
        this.body = body;
        body.reset();
        this.out = gzip ? compressing(body) : body;
        write(PREFIX, 0, PREFIX.length);
    }

    /** Adds bytes that are {@code count} whole lines, each with its {@link #END_OF_LINE}. */
    void add(byte[] bytes, int offset, int length, int count) {
        if (lines > 0) {
            write(END_OF_LINE, 0, END_OF_LINE.length);
        }
        write(bytes, offset, length - END_OF_LINE.length);
        lines += count;
    }

    int lines() {
        return lines;
    }

    /** The size of the body if it were closed now, before compression. */
    int uncompressed() {
        return uncompressed + SUFFIX.length;
    }

    /** Ends it; there must be a line in it, and no more may be added. */
    Batch close(long since, @Nullable Origin origin) {
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
