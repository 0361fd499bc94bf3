package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.TimeUnit;

/** When to retry a failed operation: after 1 s, 2 s and so on, up to a minute. Not thread-safe. */
final class Backoff {

    private static final long FIRST = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(1);

    private long delay;
    private long next;

    boolean isDue(long now) {
        return delay == 0 || now - next >= 0;
    }

    /** Failures before the operation is due change nothing: other attempts than retries may be frequent. */
    void failed(long now) {
        if (!isDue(now)) {
            return;
        }
        delay = delay == 0 ? FIRST : Math.min(LONGEST, 2 * delay);
        next = now + delay;
    }

    void succeeded() {
        delay = 0;
    }

    /** The nanoseconds until the next attempt, at least one. */
    long left(long now) {
        return Math.max(1, next - now);
    }
}
