package io.github.dropwizardlogdna.shipping;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The books of one appender: every line that was accepted is delivered, dropped, or still held, at any moment.
 *
 * <p>Logging threads write the drops that happen before acceptance, the batcher and the sender all else; any thread may
 * read.
 */
final class Ledger {

    private final AtomicLong bytesDownstream = new AtomicLong();
    /** How often bytes have moved downstream: in between they are counted twice, so that the budget is never exceeded. */
    private volatile int moves;

    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong recovered = new AtomicLong();
    /** Lines dropped before they entered the buffer, by reason. Many threads at once, when things are bad. */
    private final Map<DropReason, LongAdder> turnedAway = new EnumMap<>(DropReason.class);
    /** Lines dropped after they had entered the buffer, by reason. */
    private final Map<DropReason, AtomicLong> lost = new EnumMap<>(DropReason.class);

    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong requestsFailed = new AtomicLong();
    private final AtomicLong requestsRetried = new AtomicLong();
    private final AtomicLong internalErrors = new AtomicLong();

    Ledger() {
        for (DropReason reason : DropReason.values()) {
            turnedAway.put(reason, new LongAdder());
            lost.put(reason, new AtomicLong());
        }
    }

    /** Bytes past the hand-off: being batched, waiting, in flight. */
    long bytesDownstream() {
        return bytesDownstream.get();
    }

    void holdBytes(long bytes) {
        bytesDownstream.addAndGet(bytes);
    }

    /** Counts bytes here, before the hand-off stops counting them. Must be followed by {@link #moved}. The batcher only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void takeOver(long bytes) {
        moves++;
        bytesDownstream.addAndGet(bytes);
    }

    /** The hand-off has stopped counting them. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void moved() {
        moves++;
    }

    /** A number that changes whenever bytes move downstream, and is odd while they do. */
    int moves() {
        return moves;
    }

    void releaseBytes(long bytes) {
        bytesDownstream.addAndGet(-bytes);
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

    /** Lines that did not enter the buffer. */
    void turnedAway(DropReason reason, long lines) {
        of(reason, turnedAway).add(lines);
    }

    /** Lines that had entered the buffer. */
    void lost(DropReason reason, long lines) {
        of(reason, lost).addAndGet(lines);
    }

    /** All lines that were dropped for this reason. */
    long dropped(DropReason reason) {
        return of(reason, turnedAway).sum() + of(reason, lost).get();
    }

    /** All lines that were dropped. */
    long dropped() {
        long sum = 0;
        for (DropReason reason : DropReason.values()) {
            sum += dropped(reason);
        }
        return sum;
    }

    /** Accepted lines that are settled one way or the other. */
    long settled() {
        long sum = delivered.get();
        for (AtomicLong lines : lost.values()) {
            sum += lines.get();
        }
        return sum;
    }

    private static <T> T of(DropReason reason, Map<DropReason, T> counters) {
        return Objects.requireNonNull(counters.get(reason));
    }

    void requestSent(long bytes) {
        bytesSent.addAndGet(bytes);
    }

    long bytesSent() {
        return bytesSent.get();
    }

    void requestFailed() {
        requestsFailed.incrementAndGet();
    }

    long requestsFailed() {
        return requestsFailed.get();
    }

    void requestRetried() {
        requestsRetried.incrementAndGet();
    }

    long requestsRetried() {
        return requestsRetried.get();
    }

    void internalError() {
        internalErrors.incrementAndGet();
    }

    long internalErrors() {
        return internalErrors.get();
    }
}
