package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.ingestion.Batch;
import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.Line;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** The lines and refusals that have arrived at an endpoint, for a test. If there are too many, the oldest are removed. */
final class Arrivals implements BatchListener {

    /** The approximate cost of a line beyond its texts. */
    private static final int OVERHEAD = 200;

    private static final int MAX_REFUSED = 100;

    /** The number of lines that a failure prints, the newest. */
    private static final int MAX_SHOWN = 50;

    private final long maxBytes = Math.min(256_000_000, Runtime.getRuntime().maxMemory() / 4);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ReceivedLine> lines = new ArrayDeque<>();
    private final Deque<RefusedRequest> refused = new ArrayDeque<>();
    private long bytes;
    private long requests;
    private long forgotten;

    @Override
    public void arrived(Batch batch) {
        lock.lock();
        try {
            requests++;
            for (Line line : batch.lines()) {
                ReceivedLine received = new ReceivedLine(line, batch);
                lines.add(received);
                bytes += cost(received);
            }
            while (bytes > maxBytes) {
                bytes -= cost(lines.remove());
                forgotten++;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static long cost(ReceivedLine received) {
        String meta = received.line().metaJson();
        return OVERHEAD + 2L * received.line().text().length() + (meta == null ? 0 : meta.length());
    }

    @Override
    public void refused(RefusedRequest request) {
        lock.lock();
        try {
            if (refused.size() == MAX_REFUSED) {
                refused.remove();
            }
            refused.add(request);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    ReceivedLines lines() {
        lock.lock();
        try {
            return new ReceivedLines(new ArrayList<>(lines));
        } finally {
            lock.unlock();
        }
    }

    List<RefusedRequest> refusedRequests() {
        lock.lock();
        try {
            return List.copyOf(refused);
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            lines.clear();
            refused.clear();
            bytes = 0;
            requests = 0;
            forgotten = 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until {@code count} lines have arrived.
     *
     * @param wanted selects the lines to wait for
     * @throws AssertionError if they do not arrive in time; its message shows the lines that did
     */
    ReceivedLines await(int count, UnaryOperator<ReceivedLines> wanted, String description, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (true) {
                ReceivedLines found = wanted.apply(lines());
                if (found.size() >= count) {
                    return found;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("Within " + patience.toMillis() + " ms, " + found.size() + " of " + count
                            + " arrived: " + description + ". " + summary());
                }
                changed.await(left, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for " + description + ". " + summary(), e);
        } finally {
            lock.unlock();
        }
    }

    private String summary() {
        StringBuilder summary = new StringBuilder()
                .append(lines.size() + forgotten)
                .append(" lines arrived in ")
                .append(requests)
                .append(" requests");
        int skipped = Math.max(0, lines.size() - MAX_SHOWN);
        if (skipped + forgotten > 0) {
            summary.append("; the last ").append(lines.size() - skipped);
        }
        summary.append(lines.isEmpty() ? "." : ":");
        lines.stream().skip(skipped).forEach(line -> summary.append("\n  ").append(line));
        if (!refused.isEmpty()) {
            summary.append("\nRefused:");
        }
        refused.forEach(request -> summary.append("\n  ")
                .append(request.status())
                .append(' ')
                .append(request.reason())
                .append(" (")
                .append(request.request())
                .append(" from ")
                .append(request.sender())
                .append(')'));
        return summary.toString();
    }
}
