package io.github.dropwizardlogdna.shipping;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * The lines of a finished batch, so that some of them can be sent separately. Knows where each line is, and decompresses the
 * batch again for each use: a decompressed copy would take several times the memory of the batch, in an outage, too.
 * Immutable.
 */
final class BatchLines {

    private static final int BUFFER = 8 * 1024;

    private final Batch batch;
    /** The start of each line in the body before compression, and the end of the last one. */
    private final int[] starts;

    private BatchLines(Batch batch, int[] starts) {
        this.batch = batch;
        this.starts = starts;
    }

    /** A raw line feed ends a line: inside JSON strings it is always escaped. */
    static BatchLines of(Batch batch) {
        int[] starts = new int[batch.lines() + 1];
        starts[0] = OpenBatch.PREFIX.length;
        int found = 1;
        int position = 0;
        byte[] buffer = new byte[BUFFER];
        try (InputStream plain = batch.open()) {
            for (int read = plain.read(buffer); read >= 0; read = plain.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    if (buffer[i] == '\n') {
                        if (found == batch.lines()) {
                            throw new IllegalStateException("a batch holds more lines than its header states");
                        }
                        starts[found++] = position + i + 1;
                    }
                }
                position += read;
                checkSize(batch, position <= batch.uncompressed());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a batch can't be decompressed", e);
        }
        checkSize(batch, position == batch.uncompressed());
        if (found != batch.lines()) {
            throw new IllegalStateException("a batch holds fewer lines than its header states");
        }
        // The suffix of the body takes the place of the last line's separator.
        starts[found] = position - OpenBatch.SUFFIX.length + OpenBatch.END_OF_LINE.length;
        return new BatchLines(batch, starts);
    }

    private static void checkSize(Batch batch, boolean right) {
        if (!right) {
            throw new IllegalStateException("a batch does not have the size in its header: " + batch.uncompressed());
        }
    }

    /** The size of one line including its separator. */
    int size(int line) {
        return starts[line + 1] - starts[line];
    }

    /** A batch of these lines, in ascending order and at least one. */
    Batch only(int[] lines, boolean gzip) {
        OpenBatch open = new OpenBatch(gzip);
        forEach(lines, line -> open.add(line, 0, line.length, 1));
        return open.close(batch.since(), batch.origin());
    }

    /** Passes a copy of each of these lines, as it was appended. The lines must be in ascending order. */
    void forEach(int[] lines, Consumer<byte[]> action) {
        try (InputStream plain = new BufferedInputStream(batch.open(), BUFFER)) {
            int position = 0;
            for (int line : lines) {
                plain.skipNBytes(starts[line] - position);
                byte[] copy = plain.readNBytes(size(line));
                position = starts[line + 1];
                int separator = copy.length - OpenBatch.END_OF_LINE.length;
                System.arraycopy(OpenBatch.END_OF_LINE, 0, copy, separator, OpenBatch.END_OF_LINE.length);
                action.accept(copy);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a batch can't be decompressed", e);
        }
    }

    /** The bytes of memory that this takes in addition to the batch. */
    int held() {
        return starts.length * Integer.BYTES;
    }
}
