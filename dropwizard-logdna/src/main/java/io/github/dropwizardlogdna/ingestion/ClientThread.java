package io.github.dropwizardlogdna.ingestion;

/** A daemon thread of the HTTP client. Events logged on it are not shipped. */
public final class ClientThread extends Thread {

    private static final long DEFAULT_STACK_SIZE = 0;

    /** Creates a thread without starting it. */
    ClientThread(String name, Runnable work) {
        // Inherits no thread locals, because it may outlive an application.
        super(null, work, name, DEFAULT_STACK_SIZE, false);
        setDaemon(true);
    }

    /** Creates and starts a thread. */
    public static void start(String name, Runnable work) {
        new ClientThread(name, work).start();
    }

    /** Whether the current thread is one of these. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof ClientThread;
    }
}
