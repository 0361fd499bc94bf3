package io.github.dropwizardlogdna.local.ingestion;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Counts what is read, and ends at a limit: a small body may inflate to a huge one. */
final class CountedStream extends FilterInputStream {

    /** More was about to be read than is allowed. */
    static final class TooLargeException extends ZipException {}

    private final int limit;
    private int count;

    CountedStream(InputStream in, int limit) {
        super(in);
        this.limit = limit;
    }

    int count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        if (next >= 0) {
            counted(1);
        }
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        if (read > 0) {
            counted(read);
        }
        return read;
    }

    private void counted(int bytes) throws TooLargeException {
        if (bytes > limit - count) {
            throw new TooLargeException();
        }
        count += bytes;
    }
}
