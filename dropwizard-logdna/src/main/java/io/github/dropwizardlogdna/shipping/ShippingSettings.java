package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.time.Duration;

/**
 * The settings of one shipper.
 *
 * @param limits limits for lines that wait
 * @param waitForRoom whether a logging thread waits if the buffer is full, instead of dropping its line
 * @param batchSize the uncompressed bytes that close a batch
 * @param largestBatch the uncompressed bytes to which a batch may grow while others wait; at least {@code batchSize}
 * @param flushInterval the age of the oldest line that closes a batch
 * @param gzip whether batches are compressed
 * @param retryPolicy the delays between attempts
 * @param concurrentRequests the maximum of requests in flight, from one to {@link #MAX_CONCURRENT_REQUESTS}
 * @param spool keeps undelivered batches on disk; null for memory only
 */
public record ShippingSettings(
        BufferLimits limits,
        boolean waitForRoom,
        int batchSize,
        int largestBatch,
        Duration flushInterval,
        boolean gzip,
        RetryPolicy retryPolicy,
        int concurrentRequests,
        @Nullable SpoolSettings spool) {

    /** The most requests in flight that can be configured. */
    public static final int MAX_CONCURRENT_REQUESTS = 8;

    /** With one request at a time, of at most {@code batchSize}. */
    public ShippingSettings(
            BufferLimits limits,
            boolean waitForRoom,
            int batchSize,
            Duration flushInterval,
            boolean gzip,
            RetryPolicy retryPolicy,
            @Nullable SpoolSettings spool) {
        this(limits, waitForRoom, batchSize, batchSize, flushInterval, gzip, retryPolicy, 1, spool);
    }
}
