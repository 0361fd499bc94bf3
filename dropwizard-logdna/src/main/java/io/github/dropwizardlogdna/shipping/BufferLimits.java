package io.github.dropwizardlogdna.shipping;

/**
 * Limits for the lines that wait for delivery.
 *
 * @param maxLines the maximum number of lines between the logging threads and the batcher
 * @param maxBytes the maximum number of bytes between the logging threads and the endpoint
 * @param reservedLines the lines of these that are reserved for WARN and ERROR; zero for none
 * @param reservedBytes the bytes of these that are reserved for WARN and ERROR; zero for none
 */
public record BufferLimits(long maxLines, long maxBytes, long reservedLines, long reservedBytes) {}
