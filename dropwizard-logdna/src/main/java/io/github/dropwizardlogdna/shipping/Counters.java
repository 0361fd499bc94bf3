package io.github.dropwizardlogdna.shipping;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts the lines and requests of one appender. At any moment each accepted line is delivered, dropped, or held.
 *
 * <p>Logging threads count the drops before acceptance, the batcher and the senders everything else; any thread may read.
 */
final class Counters {

    private final LongSupplier accepted;
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong recovered = new AtomicLong();
    /** Lines dropped before they entered the buffer, by reason. Adders, because many threads may drop lines at once. */
    private final Map<DropReason, LongAdder> rejected = new EnumMap<>(DropReason.class);
    /** Lines dropped after they had entered the buffer, by reason. */
    private final Map<DropReason, AtomicLong> lost = new EnumMap<>(DropReason.class);

    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong requestsFailed = new AtomicLong();
    private final AtomicLong requestsRetried = new AtomicLong();
    private final AtomicLong internalErrors = new AtomicLong();
    private final AtomicLong bareMessages = new AtomicLong();

    /**
     * Creates counters that are all zero.
     *
     * @param accepted counts the lines that entered the buffer
     */
    Counters(LongSupplier accepted) {
        this.accepted = accepted;
        for (DropReason reason : DropReason.values()) {
            rejected.put(reason, new LongAdder());
            lost.put(reason, new AtomicLong());
        }
    }

    /** Lines that entered the buffer. */
    long accepted() {
        return accepted.getAsLong();
    }

    void delivered(long lines) {
        delivered.addAndGet(lines);
    }

    long delivered() {
        return delivered.get();
    }

    /** Lines of an earlier process that the endpoint took now. */
    void recovered(long lines) {
        recovered.addAndGet(lines);
    }

    long recovered() {
        return recovered.get();
    }

    /** Lines were dropped that had not entered the buffer. */
    void rejected(DropReason reason, long lines) {
        of(reason, rejected).add(lines);
    }

    /** Lines were dropped that had entered the buffer. */
    void lost(DropReason reason, long lines) {
        of(reason, lost).addAndGet(lines);
    }

    /** All lines that were dropped for this reason. */
    long dropped(DropReason reason) {
        return of(reason, rejected).sum() + of(reason, lost).get();
    }

    /** All lines that were dropped. */
    long dropped() {
        long sum = 0;
        for (DropReason reason : DropReason.values()) {
            sum += dropped(reason);
        }
        return sum;
    }

    /** Accepted lines that were delivered or dropped. */
    long settled() {
        long sum = delivered.get();
        for (AtomicLong lines : lost.values()) {
            sum += lines.get();
        }
        return sum;
    }

    /** Accepted lines that are not settled. */
    long held() {
        long settled = settled(); // read first: lines that settle meanwhile are accepted already
        return Math.max(0, accepted() - settled);
    }

    private static <T> T of(DropReason reason, Map<DropReason, T> counters) {
        return Objects.requireNonNull(counters.get(reason));
    }

    void requestSent(long bytes) {
        bytesSent.addAndGet(bytes);
    }

    void requestFailed() {
        requestsFailed.incrementAndGet();
    }

    void requestRetried() {
        requestsRetried.incrementAndGet();
    }

    void internalError() {
        internalErrors.incrementAndGet();
    }

    /** An event was shipped as its bare message. Returns how many were. */
    long bareMessage() {
        return bareMessages.incrementAndGet();
    }

    /** All counts now, together with sizes that others measure. */
    ShippingCounts snapshot(long heldBytes, long bytesOnDisk, long oldestAge) {
        // Settled lines first, so that they are not more than the accepted ones.
        long deliveredNow = delivered();
        long settledNow = deliveredNow;
        Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long lostNow = of(reason, lost).get();
            settledNow += lostNow;
            dropped.put(reason, lostNow + of(reason, rejected).sum());
        }
        long acceptedNow = accepted();
        return new ShippingCounts(
                acceptedNow,
                deliveredNow,
                recovered(),
                dropped,
                Math.max(0, acceptedNow - settledNow),
                heldBytes,
                bytesOnDisk,
                oldestAge,
                bytesSent.get(),
                requestsFailed.get(),
                requestsRetried.get(),
                internalErrors.get(),
                bareMessages.get());
    }
}
