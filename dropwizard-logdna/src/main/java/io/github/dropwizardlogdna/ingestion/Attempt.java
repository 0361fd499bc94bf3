package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The deadline and the cancellation of one request, from the look-up of the host to the last byte of the response. The only
 * place where the sender's thread meets the threads that may abort its request: that of a shutdown and the {@link
 * Watchdog}'s.
 *
 * <p>An abort closes the TCP socket, so the thread that is reading, writing or connecting returns at once. After {@link #end}
 * the socket is out of reach, because the next request may use it.
 */
final class Attempt implements Watchdog.Watched {

    /**
     * If the watchdog wakes up later than this, the whole process was paused, as a container may be. The response may already
     * be in the socket, so the request gets this much more time.
     */
    private static final long GRACE = Duration.ofSeconds(1).toNanos();

    private final Watchdog watchdog;
    private final CompletableFuture<Void> cut = new CompletableFuture<>();

    /** Guards the fields below. Held only for a few steps that don't block. */
    private final ReentrantLock lock = new ReentrantLock();

    @Nullable
    private Socket socket;

    /** The reason if the request was cut off, else null. */
    @Nullable
    private String reason;

    private String lateness = "";
    /** Whether the request is being sent, so that a timeout concerns the response. */
    private boolean answerAwaited;

    private long deadline;
    private boolean watched = true;
    private boolean ended;

    Attempt(Watchdog watchdog) {
        this.watchdog = watchdog;
    }

    // The sender's thread

    /**
     * Sets the deadline to this much from now.
     *
     * @param phase what to report after the deadline, such as "no answer"
     */
    void allow(Duration time, String phase) throws IOException {
        lock.lock();
        try {
            check();
            lateness = phase + " within " + Diagnosis.inWords(time);
            deadline = System.nanoTime() + nanos(time);
            watched = watchdog.watch(this, deadline);
        } finally {
            lock.unlock();
        }
    }

    /** Like {@link #allow}; called before the first byte of the request. */
    void allowAnswer(Duration time, String phase) throws IOException {
        lock.lock();
        try {
            answerAwaited = true;
            allow(time, phase);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a part of the request may have reached the endpoint. */
    boolean isAnswerAwaited() {
        lock.lock();
        try {
            return answerAwaited;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the request failed because the response was late. */
    boolean isAnswerOverdue(Throwable failure) {
        lock.lock();
        try {
            return answerAwaited
                    && (reason == null
                            ? Diagnosis.causes(failure).stream().anyMatch(SocketTimeoutException.class::isInstance)
                            : reason.equals(lateness));
        } finally {
            lock.unlock();
        }
    }

    /** Registers the TCP socket to close if the request is cut off. */
    void uses(Socket opened) throws IOException {
        lock.lock();
        try {
            check();
            socket = opened;
        } finally {
            lock.unlock();
        }
    }

    /** Throws if the request was cut off, or is overdue and no watchdog thread could be started. */
    void check() throws IOException {
        lock.lock();
        try {
            if (!watched && reason == null && deadline - System.nanoTime() < 0) {
                reason = lateness;
            }
            if (reason != null) {
                throw new IOException(reason);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The time until the deadline, at least a millisecond. */
    Duration left() {
        lock.lock();
        try {
            return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /** Completes when the request is cut off. */
    CompletableFuture<Void> whenCutOff() {
        return cut;
    }

    @Nullable
    String cutOffReason() {
        lock.lock();
        try {
            return reason;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            socket = null;
        } finally {
            lock.unlock();
        }
        watchdog.forget(this);
    }

    // Any thread

    void cutOff(String why) {
        lock.lock();
        try {
            if (ended || reason != null) {
                return;
            }
            reason = why;
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // The socket is closed anyway.
        } finally {
            lock.unlock();
        }
        cut.complete(null);
    }

    @Override
    public long overdue(long now, long late) {
        if (late > GRACE) {
            return now + GRACE;
        }
        lock.lock();
        try {
            // The sender may have set the next deadline while the watchdog was on its way here with the one before.
            if (deadline - now > 0) {
                return deadline;
            }
            cutOff(lateness);
            return Watchdog.DONE;
        } finally {
            lock.unlock();
        }
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofDays(1000)) > 0 ? Duration.ofDays(1000).toNanos() : time.toNanos();
    }
}
