package io.github.dropwizardlogdna.shipping;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/**
 * A thread that waits for room is released in any interleaving with the thread that must wake it. A lost wake-up is a
 * deadlock, which Lincheck reports with its trace.
 */
class WaitModelTest {

    private static final int INVOCATIONS = 1_000;

    @Test
    void roomThatIsFreedReleasesABlockedThread() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            NotFullCondition notFull = new NotFullCondition();
            AtomicBoolean full = new AtomicBoolean(true);
            inParallel(() -> notFull.await(() -> full.get() ? AppendResult.FULL : AppendResult.ACCEPTED), () -> {
                full.set(false);
                notFull.signal();
            });
        });
    }

    @Test
    void shutdownReleasesABlockedThread() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            NotFullCondition notFull = new NotFullCondition();
            inParallel(() -> notFull.await(() -> AppendResult.FULL), notFull::close);
        });
    }

    /** Starts a thread for each, and waits for their ends. */
    private static void inParallel(Runnable one, Runnable other) {
        Thread first = new Thread(one);
        Thread second = new Thread(other);
        first.start();
        second.start();
        try {
            first.join();
            second.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
