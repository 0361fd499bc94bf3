package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.TimeUnit;

/**
 * What the endpoint's answers have taught about requests. Nothing is learned for good: each limit is tried again after a
 * while, and after a longer while if it still holds. Owned by the sender's thread; the batcher reads {@link #gzip()}.
 */
final class LearnedLimits {

    static final int NONE = Integer.MAX_VALUE;

    private static final long TRY_LARGER = TimeUnit.SECONDS.toNanos(10);
    private static final long TRY_LARGER_AT_MOST = TimeUnit.MINUTES.toNanos(1);
    private static final long TRY_GZIP = TimeUnit.MINUTES.toNanos(1);
    private static final long TRY_GZIP_AT_MOST = TimeUnit.HOURS.toNanos(1);
    /** A request of this size is in time on any line that is worth using. */
    private static final int SMALLEST_CUT = 16 * 1024;

    private final boolean gzipConfigured;

    private volatile boolean gzip;
    private long tryGzipAt;
    private long gzipInterval = TRY_GZIP;

    /** The largest body that passed since a larger one was refused for its size. */
    private int accepted = NONE;
    /** Whether a body was refused for its size and none has passed since. */
    private boolean searching;

    private long tryLargerAt;
    private long largerInterval = TRY_LARGER;

    /** What can be sent in time, as far as is known. */
    private int inTime = NONE;
    /** How long the request took that was last cut off. */
    private long timedOutAfter;

    LearnedLimits(boolean gzip) {
        this.gzipConfigured = gzip;
        this.gzip = gzip;
    }

    /** Whether new batches should be compressed: as configured, while the endpoint takes it. Any thread. */
    boolean gzip() {
        return gzip;
    }

    /** Whether a request at {@code now} should be compressed: also true if it is time to try that again. */
    boolean gzip(long now) {
        return gzip || isGzipTrial(now);
    }

    /** Whether a request that is sent compressed at {@code now} finds out if the endpoint has learned to read it. */
    boolean isGzipTrial(long now) {
        return gzipConfigured && !gzip && now - tryGzipAt >= 0;
    }

    void gzipRefused(long now) {
        gzipInterval = gzip ? TRY_GZIP : Math.min(gzipInterval * 2, TRY_GZIP_AT_MOST);
        gzip = false;
        tryGzipAt = now + gzipInterval;
    }

    /** How large the next body may be, uncompressed and in bytes; {@link #NONE} if no limit is known. */
    int largestBody(long now) {
        boolean mayGrow = accepted != NONE && now - tryLargerAt >= 0;
        return Math.min(mayGrow ? twice(accepted) : accepted, inTime);
    }

    /** A body was refused for its size. */
    void tooLarge(int size, long now) {
        if (accepted != NONE && size > accepted) {
            tryLargerAt = now + largerInterval;
            largerInterval = Math.min(largerInterval * 2, TRY_LARGER_AT_MOST);
        } else {
            searching = true;
        }
    }

    /** A body was not sent and answered in time. */
    void timedOut(int size, long nanos) {
        inTime = Math.max(SMALLEST_CUT, Math.min(size, inTime) / 2);
        timedOutAfter = nanos;
    }

    /** The endpoint took a body, after so many nanoseconds. */
    void passed(int size, boolean compressed, long nanos, long now) {
        if (compressed && !gzip) {
            gzip = gzipConfigured;
            gzipInterval = TRY_GZIP;
        }
        if (searching || (accepted != NONE && size > accepted)) {
            searching = false;
            accepted = size;
            tryLargerAt = now; // grow at once, until a body is refused again
            largerInterval = TRY_LARGER;
        }
        if (inTime != NONE && size > inTime / 2 && nanos < timedOutAfter / 4) {
            inTime = twice(inTime);
        }
    }

    private static int twice(int size) {
        return size > NONE / 2 ? NONE : size * 2;
    }
}
