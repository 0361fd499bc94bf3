package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.time.Duration;

/**
 * How an appender ships.
 *
 * @param limits how much may wait
 * @param waitForRoom whether a logging thread waits where there is no room, rather than drop its line
 * @param batchSize the uncompressed bytes that close a batch
 * @param flushInterval the age of the oldest line that closes a batch
 * @param gzip whether batches are compressed
 * @param retryPolicy the delays between attempts
 * @param spool where undelivered batches live; null for memory alone
 */
public record ShippingSettings(
        BufferLimits limits,
        boolean waitForRoom,
        int batchSize,
        Duration flushInterval,
        boolean gzip,
        RetryPolicy retryPolicy,
        @Nullable SpoolSettings spool) {}
