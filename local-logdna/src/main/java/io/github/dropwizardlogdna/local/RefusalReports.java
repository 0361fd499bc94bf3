package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.ingestion.BatchListener;
import io.github.dropwizardlogdna.local.ingestion.RefusedRequest;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reports refusals on a thread of its own, so that a blocked console can't block the server's thread. Many refusals at
 * once are summed up, so that a sender that keeps failing can't displace the held lines.
 */
final class RefusalReports {

    private static final int AT_ONCE = 20;
    private static final int A_SECOND = 2;

    private final BatchListener listener;
    private final ThreadPoolExecutor thread;
    private final ReentrantLock lock = new ReentrantLock();

    private double allowed = AT_ONCE;
    private long lastNanos = System.nanoTime();
    private long suppressed;

    RefusalReports(BatchListener listener) {
        this.listener = listener;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(2 * AT_ONCE),
                RefusalReports::newThread,
                new ThreadPoolExecutor.DiscardPolicy());
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "local-logdna-refusals");
        thread.setDaemon(true);
        return thread;
    }

    /** Queues a report. Thread-safe; never blocks. */
    void report(RefusedRequest request) {
        long before;
        lock.lock();
        try {
            long now = System.nanoTime();
            allowed = Math.min(AT_ONCE, allowed + A_SECOND * (now - lastNanos) / 1e9);
            lastNanos = now;
            if (allowed < 1) {
                suppressed++;
                return;
            }
            allowed--;
            before = suppressed;
            suppressed = 0;
        } finally {
            lock.unlock();
        }
        RefusedRequest reported = before == 0
                ? request
                : new RefusedRequest(
                        request.receivedAt(),
                        request.status(),
                        request.reason() + " (" + before + " more were refused before)",
                        request.request(),
                        request.sender());
        thread.execute(() -> listener.refused(reported));
    }

    void close() {
        thread.shutdown();
    }
}
