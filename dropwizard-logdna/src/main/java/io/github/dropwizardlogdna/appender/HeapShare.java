package io.github.dropwizardlogdna.appender;

import java.util.Locale;

/** The share of the maximum heap that the buffers of appenders may take. */
public final class HeapShare {

    private static final long MEBIBYTE = 1 << 20;
    private static final long LARGEST_DEFAULT = 32 * MEBIBYTE;
    private static final int DEFAULT_SHARE = 16;
    private static final int LARGEST_SHARE = 4;

    private HeapShare() {}

    /** The default of {@code bufferSize}, in bytes. Small, because a small heap often holds several appenders. */
    public static long defaultBufferSize(long maxHeap, long batchSize) {
        return Math.max(2 * batchSize, Math.min(LARGEST_DEFAULT, maxHeap / DEFAULT_SHARE));
    }

    /** Whether buffers of this total size leave too little of the heap to the application. */
    static boolean isTooLarge(long bufferSizes, long maxHeap) {
        return bufferSizes > maxHeap / LARGEST_SHARE;
    }

    /** Such as {@code 12 MiB}. */
    public static String inMebibytes(long bytes) {
        return String.format(Locale.ROOT, "%d MiB", bytes / MEBIBYTE);
    }
}
