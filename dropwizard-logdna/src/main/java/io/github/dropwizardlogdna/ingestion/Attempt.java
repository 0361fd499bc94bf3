package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One request, from the look-up of the host to the last byte of its answer: how long it may take, and the way to end it
 * early. This is the one place where the sender's thread meets the threads that may end its request: those of the
 * shutdown and the {@link Watchdog}'s.
 *
 * <p>Ending a request closes the TCP socket, whatever is layered over it: the thread that is reading, writing or
 * connecting returns at once. After {@link #end} nothing can reach the socket, which the next request may use.
 */
final class Attempt implements Watchdog.Watched {

    /**
     * A watchdog that wakes later than this was stopped with the whole process, as a container may be. The answer may
     * wait in the socket then, so the request gets as much time again.
     */
    private static final long GRACE = Duration.ofSeconds(1).toNanos();

    private final Watchdog watchdog;
    private final CompletableFuture<Void> cut = new CompletableFuture<>();

    /** Guards all that follows. Held for a few steps that don't block. */
    private final ReentrantLock lock = new ReentrantLock();

    @Nullable
    private Socket socket;

    /** Why the request was cut off, if it was. */
    @Nullable
    private String reason;

    private String lateness = "";
    /** Whether the request has begun, so that what is overdue is its answer. */
    private boolean answerAwaited;

    private long deadline;
    private boolean watched = true;
    private boolean ended;

    Attempt(Watchdog watchdog) {
        this.watchdog = watchdog;
    }

    // The sender's thread

    /**
     * From now on the request may take this long.
     *
     * @param phase what there is not at the end of it: "no answer"
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

    /** As {@link #allow}, from the first byte of the request on. */
    void allowAnswer(Duration time, String phase) throws IOException {
        lock.lock();
        try {
            answerAwaited = true;
            allow(time, phase);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the request failed because it took too long after it had begun. */
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

    /** The TCP socket to close if the request is cut off. */
    void uses(Socket opened) throws IOException {
        lock.lock();
        try {
            check();
            socket = opened;
        } finally {
            lock.unlock();
        }
    }

    /** Fails if the request was cut off, or should have been and there is no thread to do it. */
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

    /** How much of the allowed time is left, at least a millisecond. */
    Duration left() {
        lock.lock();
        try {
            return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /** Is completed when the request is cut off. */
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
            // It is closed all the same.
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
        cutOff(lateness);
        return Watchdog.DONE;
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofDays(1000)) > 0 ? Duration.ofDays(1000).toNanos() : time.toNanos();
    }
}
