package io.github.dropwizardlogdna.appender;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.thread.ShutdownThread;

/**
 * A JVM shutdown hook that stops the appenders that nothing else stops: those of single loggers, of commands, and of
 * starts that failed.
 *
 * <p>The JVM runs all hooks at once, so this one first waits for Jetty's, which stops the server and with it most of the
 * code that still logs. Dropwizard bounds that wait by {@code shutdownGracePeriod}.
 */
final class ShutdownHook {

    /** The JVM starts all hooks in one loop; after this time each of them is running. */
    private static final long HOOKS_HAVE_STARTED = TimeUnit.MILLISECONDS.toNanos(100);

    private static final ShutdownHook OF_THIS_JVM = new ShutdownHook();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(OF_THIS_JVM::run, "logdna-shutdown"));
        } catch (IllegalStateException e) {
            // The JVM is shutting down already and runs no further hook: lines logged from now on may be lost.
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final Set<Participant> participants = new LinkedHashSet<>();

    /** The appenders of an application. */
    interface Participant {

        /** The process begins to stop: blocks no logging thread, and sends lines without waiting for full batches. */
        void beginShutdown();

        /** Stops all appenders that still run. */
        void stopAll();

        /** Whether all appenders have stopped. */
        boolean isStopped();
    }

    /** One that no JVM runs. */
    ShutdownHook() {}

    static ShutdownHook ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** Registers appenders to be stopped when the process ends, and forgets those that have stopped. Any thread. */
    void register(Participant participant) {
        // The lock is held while they are asked: one that has stopped may be registering again at this moment.
        lock.lock();
        try {
            participants.removeIf(Participant::isStopped);
            participants.add(participant);
        } finally {
            lock.unlock();
        }
    }

    void run() {
        registered().forEach(Participant::beginShutdown);
        awaitJetty();
        registered().forEach(Participant::stopAll);
    }

    private List<Participant> registered() {
        lock.lock();
        try {
            return List.copyOf(participants);
        } finally {
            lock.unlock();
        }
    }

    private static void awaitJetty() {
        Thread jetty = ShutdownThread.getInstance();
        long start = System.nanoTime();
        while (jetty.getState() == Thread.State.NEW && System.nanoTime() - start < HOOKS_HAVE_STARTED) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        // An interrupt must not end the wait: requests still log. Returns at once if Jetty's thread was never started.
        Uninterruptibles.joinUninterruptibly(jetty);
    }
}
