package io.github.dropwizardlogdna.shipping;

import java.util.Map;

/**
 * The counts of a shipper since its start, and the lines and bytes it holds, at one moment.
 *
 * @param accepted lines that entered the buffer
 * @param delivered lines that the endpoint took
 * @param recovered lines of an earlier process, from the spool, that the endpoint took; not in {@code accepted}
 * @param dropped lines that were dropped, for each reason
 * @param heldLines lines that are accepted and neither delivered nor dropped
 * @param heldBytes bytes of memory that these lines take, as the budget counts them
 * @param bytesOnDisk bytes in the spool
 * @param oldestAge the age of the oldest held line in nanoseconds; zero if there is none
 * @param bytesSent bytes of the bodies that the endpoint took, as they went over the wire
 * @param requestsFailed requests that were not accepted, or only in part, so that lines must be sent again
 * @param requestsRetried requests that followed a failed one
 * @param internalErrors errors inside the shipper
 * @param bareMessages events that could not be encoded and were shipped as their bare message
 */
public record ShippingCounts(
        long accepted,
        long delivered,
        long recovered,
        Map<DropReason, Long> dropped,
        long heldLines,
        long heldBytes,
        long bytesOnDisk,
        long oldestAge,
        long bytesSent,
        long requestsFailed,
        long requestsRetried,
        long internalErrors,
        long bareMessages) {

    public ShippingCounts {
        dropped = Map.copyOf(dropped);
    }

    /** Lines that were dropped for this reason. */
    public long dropped(DropReason reason) {
        return dropped.getOrDefault(reason, 0L);
    }

    /** Lines that were dropped for any reason. */
    public long droppedLines() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }
}
