package io.github.dropwizardlogdna.shipping;

/**
 * How much may wait for delivery.
 *
 * @param maxLines the most lines between the logging threads and the batcher
 * @param maxBytes the most bytes between the logging threads and the endpoint
 * @param linesKeptFree how many of these lines are kept free for WARN and ERROR; zero for none
 * @param bytesKeptFree the same for the bytes
 */
public record BufferLimits(long maxLines, long maxBytes, long linesKeptFree, long bytesKeptFree) {}
