package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.HttpsURLConnection;

/**
 * The request under way, and the one place where the sender's thread meets those that may cut it off.
 *
 * <p>The sender's thread reports how far it has got, other threads call {@link #cutOff} and {@link #cutOffIfOverdue}.
 * Both hold the lock for a few non-blocking steps only. As a cut-off closes connections under the lock, and a request
 * ends under it, no cut-off can reach the next request.
 */
final class InFlight {

    private enum Phase {
        IDLE,
        /** Host name, TCP, proxy, TLS. */
        CONNECTING,
        /** The request is being written, or the head of the answer waited for. */
        AWAITING_ANSWER,
        /** The answer's head was read; its body is being. */
        READING
    }

    private final Duration connectionTimeout;
    private final Duration timeout;
    private final TlsSocketFactory tls;
    private final LongSupplier nanoTime;

    /** Guards all that follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private Phase phase = Phase.IDLE;

    /** When connecting began; from {@link Phase#AWAITING_ANSWER} on, when the first byte was sent. */
    private long since;

    /** Why the request was cut off, if it was. */
    @Nullable
    private String cutOff;

    @Nullable
    private HttpURLConnection connection;

    InFlight(IngestionSettings settings, TlsSocketFactory tls, LongSupplier nanoTime) {
        this.connectionTimeout = settings.connectionTimeout();
        this.timeout = settings.timeout();
        this.tls = tls;
        this.nanoTime = nanoTime;
    }

    // The sender's thread

    void begins() {
        lock.lock();
        try {
            phase = Phase.CONNECTING;
            since = nanoTime.getAsLong();
            tls.open();
        } finally {
            lock.unlock();
        }
    }

    void uses(HttpURLConnection newConnection) {
        lock.lock();
        try {
            connection = newConnection;
        } finally {
            lock.unlock();
        }
    }

    void firstByteSent() throws SocketTimeoutException {
        lock.lock();
        try {
            phase = Phase.AWAITING_ANSWER;
            since = nanoTime.getAsLong();
            throwIfCutOff();
        } finally {
            lock.unlock();
        }
    }

    void lastByteSent() throws SocketTimeoutException {
        lock.lock();
        try {
            throwIfCutOff();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Fails where the request was cut off: the JDK takes a status line for an answer even if the connection was closed
     * before the head was complete.
     */
    void answerBegins() throws SocketTimeoutException {
        lock.lock();
        try {
            phase = Phase.READING;
            throwIfCutOff();
        } finally {
            lock.unlock();
        }
    }

    /** Whether to go on reading the answer: the request is neither cut off nor overdue. */
    boolean mayReadOn() {
        cutOffIfOverdue();
        return cutOffReason() == null;
    }

    @Nullable
    String cutOffReason() {
        lock.lock();
        try {
            return cutOff;
        } finally {
            lock.unlock();
        }
    }

    void ends() {
        lock.lock();
        try {
            phase = Phase.IDLE;
            cutOff = null;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the connection, so that nothing which is left over on it can be taken for the next answer. */
    void disconnect() {
        HttpURLConnection last;
        lock.lock();
        try {
            last = connection;
            connection = null;
        } finally {
            lock.unlock();
        }
        tls.closeSockets();
        if (last != null) {
            last.disconnect();
        }
    }

    /** Asks for the lock to be held. For why it is a time-out, see {@link NotSentException}. */
    private void throwIfCutOff() throws SocketTimeoutException {
        if (cutOff != null) {
            throw new SocketTimeoutException(cutOff);
        }
    }

    // Any thread

    void cutOff() {
        lock.lock();
        try {
            if (phase != Phase.IDLE && cutOff == null) {
                cutOff("cut off before there was an answer");
            }
        } finally {
            lock.unlock();
        }
    }

    long cutOffIfOverdue() {
        lock.lock();
        try {
            if (phase == Phase.IDLE || cutOff != null) {
                return IngestionClient.NOTHING_IN_FLIGHT;
            }
            // Connecting has time-outs for each of its steps; this is for a proxy or a handshake that drips.
            boolean connecting = phase == Phase.CONNECTING;
            Duration allowed = connecting ? connectionTimeout.plus(timeout) : timeout;
            long left = allowed.toNanos() - (nanoTime.getAsLong() - since);
            if (left > 0) {
                // Connecting may end at once, and then the time of the request itself begins.
                return connecting ? Math.min(left, timeout.toNanos()) : left;
            }
            cutOff((connecting ? "no connection within " : "no answer within ") + Diagnosis.inWords(allowed));
            return IngestionClient.NOTHING_IN_FLIGHT;
        } finally {
            lock.unlock();
        }
    }

    /** Asks for the lock to be held. */
    private void cutOff(String reason) {
        cutOff = reason;
        tls.closeSockets();
        // There is no way to the socket of a plain connection but disconnect(). While connecting there is nothing to
        // disconnect yet: firstByteSent() throws. While an answer is read, disconnect() would wait for the lock of
        // its stream: the reader asks mayReadOn() after each read instead, and each read has a time-out.
        if (phase == Phase.AWAITING_ANSWER && connection != null && !(connection instanceof HttpsURLConnection)) {
            connection.disconnect();
            // Should the JDK be between writing and reading just now, it connects anew, and waits for an answer to a
            // request that it has not sent. It gives up at once then.
            connection.setConnectTimeout(1);
            connection.setReadTimeout(1);
        }
    }
}
