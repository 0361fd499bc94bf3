package io.github.dropwizardlogdna.ingestion;

/** A daemon thread on which the HTTP client does its own work: nothing logged on it is shipped. */
public final class ClientThread extends Thread {

    private static final long DEFAULT_STACK_SIZE = 0;

    /** Starts nothing. */
    ClientThread(String name, Runnable work) {
        // Without the caller's thread locals: this thread may outlive an application.
        super(null, work, name, DEFAULT_STACK_SIZE, false);
        setDaemon(true);
    }

    /** Starts one. */
    public static void start(String name, Runnable work) {
        new ClientThread(name, work).start();
    }

    /** Whether the caller's thread is one of these. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof ClientThread;
    }
}
