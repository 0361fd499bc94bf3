package io.github.dropwizardlogdna.shipping;

import java.util.Arrays;

/** The lines of a finished batch, so that some of them can be sent separately. Immutable. */
final class BatchLines {

    private final Batch batch;
    private final byte[] plain;
    /** The start of each line, and the end of the last one. */
    private final int[] starts;

    private BatchLines(Batch batch, byte[] plain, int[] starts) {
        this.batch = batch;
        this.plain = plain;
        this.starts = starts;
    }

    /** A raw line feed ends a line: inside JSON strings it is always escaped. */
    static BatchLines of(Batch batch) {
        byte[] plain = batch.plain();
        int[] starts = new int[batch.lines() + 1];
        int end = plain.length - OpenBatch.SUFFIX.length;
        int found = 0;
        for (int start = OpenBatch.PREFIX.length; start < end; found++) {
            if (found == batch.lines()) {
                throw new IllegalStateException("a batch holds more lines than its header states");
            }
            starts[found] = start;
            while (start < end && plain[start] != '\n') {
                start++;
            }
            start++;
            starts[found + 1] = start;
        }
        if (found != batch.lines()) {
            throw new IllegalStateException("a batch holds fewer lines than its header states");
        }
        starts[found] = end + OpenBatch.END_OF_LINE.length; // no separator follows the last line
        return new BatchLines(batch, plain, starts);
    }

    /** The size of one line including its separator. */
    int size(int line) {
        return starts[line + 1] - starts[line];
    }

    /** A copy of one line, as it was appended. */
    byte[] line(int line) {
        byte[] copy = Arrays.copyOfRange(plain, starts[line], starts[line] + size(line));
        System.arraycopy(
                OpenBatch.END_OF_LINE,
                0,
                copy,
                copy.length - OpenBatch.END_OF_LINE.length,
                OpenBatch.END_OF_LINE.length);
        return copy;
    }

    /** A batch of these lines, in ascending order and at least one. */
    Batch only(int[] lines, boolean gzip) {
        OpenBatch open = new OpenBatch(gzip);
        for (int line : lines) {
            open.add(plain, starts[line], size(line), 1);
        }
        return open.close(batch.since(), batch.origin());
    }

    /** The bytes of memory that this takes in addition to the batch. */
    int held() {
        return (plain == batch.body() ? 0 : plain.length) + starts.length * Integer.BYTES;
    }
}
