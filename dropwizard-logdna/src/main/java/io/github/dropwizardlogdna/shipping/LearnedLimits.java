package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits of requests, learned from the endpoint's responses. No limit is permanent: each is tried again after a while, and
 * after a longer while if it still holds. Thread-safe.
 *
 * <p>A request that was already in flight when another one was refused for the same reason is not a new attempt: it does
 * not prolong the time until the next one.
 */
final class LearnedLimits {

    static final int NONE = Integer.MAX_VALUE;

    private static final long NEVER = Long.MIN_VALUE;

    private static final long TRY_LARGER = TimeUnit.SECONDS.toNanos(10);
    private static final long MAX_TRY_LARGER = TimeUnit.MINUTES.toNanos(1);
    /** A trial of gzip costs a request, one of a larger body on a slow line the whole timeout. */
    private static final long TRY_COSTLY = TimeUnit.MINUTES.toNanos(1);

    private static final long MAX_TRY_COSTLY = TimeUnit.HOURS.toNanos(1);
    /** Consecutive connections that ended in the middle of a request, after which its size is suspected. */
    private static final int BROKEN_IN_A_ROW = 3;
    /** A body that is taken in this time may be followed by one of twice its size. */
    private static final long QUICK = TimeUnit.SECONDS.toNanos(2);
    /** A request of this size is in time on any usable network. */
    private static final int SMALLEST_CUT = 16 * 1024;

    private final boolean gzipConfigured;
    private final int batchSize;
    private final int largestBatch;

    private final ReentrantLock lock = new ReentrantLock();

    /** Written with the lock, like all fields below. */
    private volatile boolean gzip;

    private long gzipRefusedAt = NEVER;
    private long tryGzipAt;
    private long gzipInterval = TRY_COSTLY;

    /** The largest body that passed since a larger one was refused for its size. */
    private int accepted = NONE;
    /** Whether a body was refused for its size and none has passed since. */
    private boolean searching;

    private long largerRefusedAt = NEVER;

    private long tryLargerAt;
    private long largerInterval = TRY_LARGER;

    /** The largest body that can be sent in time, as far as is known. */
    private int inTime = NONE;
    /** How long the last request took that was not in time. */
    private long timedOutAfter;

    private long timedOutAt = NEVER;
    private long tryLongerAt;
    private long longerInterval = TRY_COSTLY;

    /** Connections that ended in the middle of a request since a body passed. */
    private int broken;

    /** The largest body that was taken quickly. */
    private int quick;
    /** Whether bodies are taken slowly; a quick one of less than half a batch does not change that. */
    private boolean slow;

    /**
     * Creates the limits of an endpoint of which nothing is known.
     *
     * @param gzip whether bodies are compressed unless the endpoint refuses that
     * @param batchSize the uncompressed bytes of a batch that need not wait
     * @param largestBatch the uncompressed bytes of the largest batch; at least {@code batchSize}
     */
    LearnedLimits(boolean gzip, int batchSize, int largestBatch) {
        this.gzipConfigured = gzip;
        this.gzip = gzip;
        this.batchSize = batchSize;
        this.largestBatch = largestBatch;
    }

    static LearnedLimits of(ShippingSettings settings) {
        return new LearnedLimits(settings.gzip(), settings.batchSize(), settings.largestBatch());
    }

    /** Whether to compress new batches: as configured, unless the endpoint refuses it. Any thread. */
    boolean gzip() {
        return gzip;
    }

    /** Whether to compress a request at {@code now}: also true if it is time to try compression again. */
    boolean gzip(long now) {
        return gzip || isGzipTrial(now);
    }

    /** Whether a compressed request at {@code now} is a trial, because the endpoint has refused compression before. */
    boolean isGzipTrial(long now) {
        lock.lock();
        try {
            return gzipConfigured && !gzip && now - tryGzipAt >= 0;
        } finally {
            lock.unlock();
        }
    }

    /** A request that began at {@code start} was refused because of its encoding. */
    void gzipRefused(long start, long now) {
        lock.lock();
        try {
            if (isAfter(start, gzipRefusedAt)) {
                gzipInterval = gzip ? TRY_COSTLY : Math.min(gzipInterval * 2, MAX_TRY_COSTLY);
                gzip = false;
                gzipRefusedAt = now;
                tryGzipAt = now + gzipInterval;
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The largest size of the next body in bytes, uncompressed: a batch, or twice as much as the endpoint has taken quickly,
     * but less if it has refused such bodies or did not take them in time.
     */
    int largestBody(long now) {
        lock.lock();
        try {
            boolean mayGrow = accepted != NONE && now - tryLargerAt >= 0;
            boolean mayTakeLonger = inTime != NONE && now - tryLongerAt >= 0;
            int known = Math.min(mayGrow ? twice(accepted) : accepted, mayTakeLonger ? twice(inTime) : inTime);
            return Math.min(known, Math.max(batchSize, twice(quick)));
        } finally {
            lock.unlock();
        }
    }

    /**
     * How large a batch may become while others wait, in bytes, uncompressed. Larger than {@link #largestBody} at first: the
     * batches that fill the buffer before the first response, or in an outage, determine the size of requests for a long
     * time. The sender divides the first of them. On a slow network, where it would divide them all, batches don't grow.
     */
    int largestBatch() {
        lock.lock();
        try {
            return Math.max(batchSize, slow ? batchSize : Math.min(largestBatch, Math.min(accepted, inTime)));
        } finally {
            lock.unlock();
        }
    }

    /** A body, whose request began at {@code start}, was refused for its size. */
    void tooLarge(int size, long start, long now) {
        lock.lock();
        try {
            quick = Math.min(quick, size / 2);
            if (accepted == NONE || size <= accepted) {
                searching = true;
            } else if (isAfter(start, largerRefusedAt)) {
                largerRefusedAt = now;
                tryLargerAt = now + largerInterval;
                largerInterval = Math.min(largerInterval * 2, MAX_TRY_LARGER);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A body, whose request began at {@code start}, was not sent and answered in time.
     *
     * @return whether a smaller body may be in time; if not, the size is not the reason
     */
    boolean timedOut(int size, long start, long now) {
        lock.lock();
        try {
            quick = Math.min(quick, size / 2);
            if (isAfter(start, timedOutAt)) {
                boolean trial = size > inTime;
                inTime = Math.max(SMALLEST_CUT, trial ? inTime : Math.min(size, inTime) / 2);
                // An endpoint may give up at once with a 408: that says nothing about how fast others must be.
                timedOutAfter = Math.max(now - start, QUICK);
                timedOutAt = now;
                longerInterval = trial ? Math.min(longerInterval * 2, MAX_TRY_COSTLY) : TRY_COSTLY;
                tryLongerAt = now + longerInterval;
            }
            return size > SMALLEST_CUT;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The connection ended in the middle of a request that began at {@code start}. A server may do so if a body is too large;
     * so this counts as a refusal of the size if the body was larger than a usual batch, or if it happens again and again.
     */
    void broke(int size, long start, long now) {
        lock.lock();
        try {
            broken++;
            if (size > batchSize || broken >= BROKEN_IN_A_ROW) {
                tooLarge(size, start, now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The endpoint took a body, after {@code nanos} nanoseconds. */
    void passed(int size, boolean compressed, long nanos, long now) {
        lock.lock();
        try {
            if (nanos > QUICK) {
                quick = Math.min(quick, size / 2);
                slow = true;
            } else {
                quick = Math.max(quick, size);
                slow &= size < batchSize / 2;
            }
            if (compressed && !gzip) {
                gzip = gzipConfigured;
                gzipInterval = TRY_COSTLY;
            }
            broken = 0;
            if (searching || (accepted != NONE && size > accepted)) {
                searching = false;
                accepted = size;
                tryLargerAt = now; // grow at once, until a body is refused again
                largerInterval = TRY_LARGER;
            }
            if (inTime != NONE && size > inTime / 2 && nanos < timedOutAfter / 4) {
                inTime = twice(inTime);
                longerInterval = TRY_COSTLY;
            } else if (size > inTime) {
                inTime = size;
                tryLongerAt = now + longerInterval;
            }
        } finally {
            lock.unlock();
        }
    }

    private static boolean isAfter(long start, long refusal) {
        return refusal == NEVER || start - refusal >= 0;
    }

    private static int twice(int size) {
        return size > NONE / 2 ? NONE : size * 2;
    }
}
