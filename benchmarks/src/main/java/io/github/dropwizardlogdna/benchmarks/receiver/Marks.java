package io.github.dropwizardlogdna.benchmarks.receiver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;

/**
 * Marks that make a line countable in any encoding: JSON of any shape, protobuf, plain text. No encoding escapes their
 * characters. They have three, because in protobuf any two may meet by chance.
 */
public final class Marks {

    /** In every line once. */
    public static final String LINE = "~#~";

    /** In some lines, instead of {@link #LINE}: {@link System#nanoTime} follows, as it was when the line was logged. */
    public static final String PROBE = "~^~";

    /** In lines that are not counted, such as those of a warm-up. */
    public static final String UNCOUNTED = "~%~";

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long TILDES = ONES * '~';

    private Marks() {}

    /** Counts the marks. Looks at eight bytes at once: on two cores the receiving end must be cheap. */
    public static long count(byte[] bytes, int length, LongConsumer probe) {
        long lines = 0;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            // A byte is zero if it was a tilde. There can be false hits above a true one; look() rejects them.
            long zeroes = (long) LONGS.get(bytes, i) ^ TILDES;
            for (long hits = (zeroes - ONES) & ~zeroes & HIGH_BITS; hits != 0; hits &= hits - 1) {
                lines += look(bytes, i + Long.numberOfTrailingZeros(hits) / Byte.SIZE, length, probe);
            }
        }
        for (; i < length; i++) {
            lines += look(bytes, i, length, probe);
        }
        return lines;
    }

    private static int look(byte[] bytes, int at, int length, LongConsumer probe) {
        if (at + 2 >= length || bytes[at] != '~' || bytes[at + 2] != '~') {
            return 0;
        }
        if (bytes[at + 1] == '#') {
            return 1;
        }
        if (bytes[at + 1] != '^') {
            return 0;
        }
        long nanos = 0;
        for (int i = at + 3; i < length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            nanos = 10 * nanos + bytes[i] - '0';
        }
        probe.accept(nanos);
        return 1;
    }
}
