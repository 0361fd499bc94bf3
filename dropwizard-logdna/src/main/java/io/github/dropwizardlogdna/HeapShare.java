package io.github.dropwizardlogdna;

import java.util.Locale;

/** How much of the largest heap the buffers of appenders may take. */
final class HeapShare {

    private static final long MEBIBYTE = 1 << 20;
    private static final long LARGEST_DEFAULT = 32 * MEBIBYTE;
    private static final int DEFAULT_SHARE = 16;
    private static final int LARGEST_SHARE = 4;

    private HeapShare() {}

    /** The {@code bufferSize} of an appender that has none: small heaps often hold several appenders. */
    static long defaultBufferSize(long largestHeap, long batchSize) {
        return Math.max(2 * batchSize, Math.min(LARGEST_DEFAULT, largestHeap / DEFAULT_SHARE));
    }

    /** Whether buffers of so many bytes in all leave too little of the heap to the application. */
    static boolean isTooLarge(long bufferSizes, long largestHeap) {
        return bufferSizes > largestHeap / LARGEST_SHARE;
    }

    /** Such as {@code 12 MiB}. */
    static String inMebibytes(long bytes) {
        return String.format(Locale.ROOT, "%d MiB", bytes / MEBIBYTE);
    }
}
