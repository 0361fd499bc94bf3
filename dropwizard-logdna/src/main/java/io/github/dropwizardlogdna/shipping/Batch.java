package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Origin;
import jakarta.annotation.Nullable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
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

    /** The first and the second half of its lines. */
    List<Batch> halves() {
        List<byte[]> all = split();
        int middle = all.size() / 2;
        return List.of(of(all.subList(0, middle)), of(all.subList(middle, all.size())));
    }

    /** Only these lines, which must be at least one. */
    Batch only(BitSet chosen) {
        List<byte[]> all = split();
        List<byte[]> some = new ArrayList<>(chosen.cardinality());
        for (int i = chosen.nextSetBit(0); i >= 0; i = chosen.nextSetBit(i + 1)) {
            some.add(all.get(i));
        }
        return of(some);
    }

    /** The same lines, without compression. */
    Batch inflated() {
        return gzip ? new Batch(plain(), false, lines, uncompressed, since, origin) : this;
    }

    /** Each line, as it was handed over. */
    void eachLine(Consumer<byte[]> consumer) {
        split().forEach(consumer);
    }

    private Batch of(List<byte[]> someLines) {
        OpenBatch open = new OpenBatch(gzip);
        for (byte[] line : someLines) {
            open.add(line, 0, line.length, 1);
        }
        return open.close(since, origin);
    }

    /** Lines end at a raw line feed: inside of JSON strings it is always escaped. */
    private List<byte[]> split() {
        return OpenBatch.linesOf(plain());
    }

    private byte[] plain() {
        if (!gzip) {
            return body;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("A batch in memory can't be inflated", e);
        }
    }

    @Override
    public String toString() {
        return "Batch[" + lines + " lines, " + body.length + " bytes]";
    }
}
