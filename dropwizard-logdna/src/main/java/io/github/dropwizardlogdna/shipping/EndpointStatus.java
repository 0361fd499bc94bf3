package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/**
 * The health of the endpoint: the current failure, the pause before the next request, and the state to show. Shared
 * by the senders, each of which has a number.
 *
 * <p>A failure pauses all senders. After the pause only one of them sends, until its request is accepted: an outage
 * sees one request at a time. Requests that were in flight when another failed neither end the pause nor prolong it, unless
 * the endpoint asks for that.
 *
 * <p>Thread-safe. Calls the observer while it holds its lock, so that failures and recoveries are reported in their order.
 */
final class EndpointStatus {

    private static final long NEVER = Long.MIN_VALUE;
    private static final int NONE = -1;
    /** For how long after a refusal an error is taken for another one rather than for an outage. */
    private static final long EXPECTS_REFUSALS = TimeUnit.MINUTES.toNanos(5);

    private final RetryPolicy retryPolicy;
    private final RandomGenerator random;
    private final Counters counters;
    private final ShippingObserver observer;
    private final IntConsumer wakeOthers;

    private final ReentrantLock lock = new ReentrantLock();

    /** The number of failed requests in a row. Guarded by the lock, like all fields below that are not volatile. */
    private int failures;

    private long failingSince;
    /** The number of pauses so far. The result of a request that began before the last pause is outdated. */
    private int pauses;
    /** The value of {@link #pauses} when the request of a sender began. */
    private final int[] pausesAtStart;
    /** The senders that have a batch. */
    private final boolean[] busy;

    private int inFlight;
    /** The sender that tries alone while the endpoint fails. */
    private int trial = NONE;
    /** When the endpoint last took a request. */
    private long acceptedAt = NEVER;
    /** When it last refused a line for good. */
    private long refusedAt = NEVER;

    private long pausedUntil;
    private volatile DeliveryState state;
    private volatile boolean closing;

    /**
     * Creates the status of an endpoint of which nothing is known.
     *
     * @param senders the number of senders
     * @param wakeOthers wakes all senders but one
     */
    EndpointStatus(
            RetryPolicy retryPolicy,
            ClockAndJitter clock,
            Counters counters,
            ShippingObserver observer,
            int senders,
            IntConsumer wakeOthers) {
        this.retryPolicy = retryPolicy;
        this.random = clock.random();
        this.counters = counters;
        this.observer = observer;
        this.wakeOthers = wakeOthers;
        this.pausesAtStart = new int[senders];
        this.busy = new boolean[senders];
        this.pausedUntil = clock.nanoTime().getAsLong();
        this.state = DeliveryState.idle(pausedUntil);
    }

    /**
     * For how many nanoseconds a sender must not send; zero if it may send now, and {@link WakeSignal#FOREVER} if it will be
     * woken. While the endpoint fails, the first sender that gets zero becomes the only one that sends.
     */
    long delay(int sender, long now) {
        lock.lock();
        try {
            if (pausedUntil - now > 0) {
                return pausedUntil - now;
            }
            if (failures > 0) {
                if (trial != NONE && trial != sender) {
                    return WakeSignal.FOREVER;
                }
                trial = sender;
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A sender has nothing to send.
     *
     * @param nothingHeld whether no batch is left; otherwise others deliver them, or a spool can't be read now
     */
    void idle(int sender, long now, boolean nothingHeld) {
        lock.lock();
        try {
            busy[sender] = false;
            endTrial(sender);
            if (nothingHeld && state.kind() != DeliveryState.Kind.IDLE && !isBusy()) {
                state = DeliveryState.idle(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A sender has dropped its batch after an error. */
    void release(int sender) {
        lock.lock();
        try {
            busy[sender] = false;
            endTrial(sender);
        } finally {
            lock.unlock();
        }
    }

    private boolean isBusy() {
        for (boolean each : busy) {
            if (each) {
                return true;
            }
        }
        return false;
    }

    private void endTrial(int sender) {
        if (trial == sender) {
            trial = NONE;
            wakeOthers.accept(sender);
        }
    }

    /** A request is about to be sent; {@link #requestEnded} must follow. */
    void sending(int sender, long now) {
        lock.lock();
        try {
            if (state.kind() == DeliveryState.Kind.IDLE) {
                state = DeliveryState.delivering(now); // first, because memory may be short
            }
            busy[sender] = true;
            inFlight++;
            pausesAtStart[sender] = pauses;
            if (failures > 0) {
                counters.requestRetried();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A request has ended. */
    void requestEnded() {
        lock.lock();
        try {
            inFlight--;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOutdated(int sender) {
        return failures > 0 && pausesAtStart[sender] != pauses;
    }

    /** The endpoint took a request of this sender, or a part of it. */
    void accepted(int sender, long now) {
        lock.lock();
        try {
            acceptedAt = now;
            if (isOutdated(sender)) {
                return;
            }
            if (failures > 0) {
                observer.deliveryRecovered(failures, now - failingSince);
                failures = 0;
                wakeOthers.accept(sender);
            }
            trial = NONE;
            pausedUntil = now;
        } finally {
            lock.unlock();
        }
    }

    /** The endpoint settled every line of a request of this sender, so nothing is failing. */
    void delivering(int sender, long now) {
        lock.lock();
        try {
            if (state.kind() != DeliveryState.Kind.DELIVERING && !isOutdated(sender)) {
                state = DeliveryState.delivering(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The endpoint refused lines for good. */
    void refusedLines(long now) {
        lock.lock();
        try {
            refusedAt = now;
        } finally {
            lock.unlock();
        }
    }

    /** Whether lines were refused recently, so that an error is probably about lines again. */
    boolean expectsRefusal(long now) {
        lock.lock();
        try {
            return refusedAt != NEVER && now - refusedAt < EXPECTS_REFUSALS;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A request of this sender failed, or some of its lines must be sent again: all senders pause.
     *
     * @param mayBeContent whether a line may be the reason, so that the endpoint may take other requests
     */
    void failed(int sender, Verdict verdict, boolean mayBeContent, long now) {
        lock.lock();
        try {
            boolean outdated = isOutdated(sender);
            if (failures == 0) {
                failingSince = now;
            }
            if (!outdated) {
                failures++;
                pauses++;
            }
            boolean tookOthers = acceptedAt != NEVER && mayBeContent;
            Verdict shown = tookOthers && verdict.outcome() == Outcome.KEY_REFUSED
                    ? verdict.afterTheKeyWasAccepted(Duration.ofNanos(now - acceptedAt))
                    : verdict;
            if (!outdated || verdict.retryAfter().isPresent()) {
                long until = now + retryPolicy.delayAfter(failures, shown, tookOthers, random);
                pausedUntil = outdated && pausedUntil - until > 0 ? pausedUntil : until;
            }
            if (!outdated) {
                state = DeliveryState.failing(shown, failingSince);
            }
            if (!closing) {
                observer.deliveryFailed(shown, counters.held(), Math.max(0, pausedUntil - now));
            }
            endTrial(sender);
        } finally {
            lock.unlock();
        }
    }

    /** The shipper stops: failures are no longer reported, because no other attempt follows. */
    void close() {
        closing = true;
    }

    /** When the pause ends, on the clock of {@link System#nanoTime}; in the past if there is none. */
    long pausedUntil() {
        lock.lock();
        try {
            return pausedUntil;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no request is in flight, and none follows until {@code time}. */
    boolean isPausedBeyond(long time) {
        lock.lock();
        try {
            return inFlight == 0 && pausedUntil - time > 0;
        } finally {
            lock.unlock();
        }
    }

    DeliveryState state() {
        return state;
    }
}
