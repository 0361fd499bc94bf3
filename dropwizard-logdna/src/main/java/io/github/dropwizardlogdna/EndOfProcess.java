package io.github.dropwizardlogdna;

import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.util.thread.ShutdownThread;

/**
 * The backstop at the end of the process: a JVM shutdown hook that ends all appenders which nobody else has ended, such
 * as those of single loggers, of commands, and of starts that failed.
 *
 * <p>The JVM runs its hooks all at once, so this one first waits for Jetty's, which ends the server and with it most of
 * what still logs. That wait has Dropwizard's own bound, {@code shutdownGracePeriod}.
 */
final class EndOfProcess {

    /** Registered hooks are started in one loop: by then each that will ever run is running. */
    private static final long HOOKS_HAVE_STARTED = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Set<ApplicationAppenders> LIVING = ConcurrentHashMap.newKeySet();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(EndOfProcess::run, "logdna-end-of-process"));
        } catch (IllegalStateException e) {
            // The process is ending already. There is no way to be told when, so what is logged now may be lost.
        }
    }

    private EndOfProcess() {}

    /** These are to be ended when the process ends. */
    static void comesFor(ApplicationAppenders appenders) {
        LIVING.removeIf(ApplicationAppenders::haveAllStopped);
        LIVING.add(appenders);
    }

    private static void run() {
        LIVING.forEach(ApplicationAppenders::waitNoMore);
        // What is logged from now on goes out at once: if the server never ends, the process is killed while we wait.
        LIVING.forEach(ApplicationAppenders::flushFromNowOn);
        awaitJetty();
        LIVING.forEach(ApplicationAppenders::stopAll);
    }

    private static void awaitJetty() {
        Thread jetty = ShutdownThread.getInstance();
        long start = System.nanoTime();
        while (jetty.getState() == Thread.State.NEW && System.nanoTime() - start < HOOKS_HAVE_STARTED) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        // Nobody waits for this thread, and lines are still being logged: an interrupt does not end the wait.
        Uninterruptibles.joinUninterruptibly(jetty); // returns at once for a thread that was never started
    }
}
