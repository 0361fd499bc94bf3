package io.github.dropwizardlogdna.shipping;

import java.util.function.Consumer;

/**
 * A thread that does the shipper's work. Events that are logged on it are not shipped, as each would cause another. It
 * reports the error that ends it.
 *
 * <p>It ignores interrupts. The shipper has its own way to end its threads, so an interrupt comes from unrelated code; the
 * flag would end each wait at once, and close the files and sockets that the thread uses.
 */
public final class ShippingThread extends Thread {

    private static final long DEFAULT_STACK_SIZE = 0;

    private final Consumer<Throwable> died;
    private volatile boolean interruptIgnored;
    /** Used by this thread only. */
    private boolean interruptReported;

    /**
     * Creates a thread without starting it.
     *
     * @param died receives the error that ends the thread, on this thread
     */
    ShippingThread(String name, Runnable loop, Consumer<Throwable> died) {
        // Inherits no thread locals: they would be those of the request that happened to log first.
        super(null, loop, name, DEFAULT_STACK_SIZE, false);
        this.died = died;
        setDaemon(true);
    }

    /** Creates a thread for other work of this library, without starting it; {@code work} must not throw. */
    public static Thread of(String name, Runnable work) {
        return new ShippingThread(name, work, error -> {});
    }

    @Override
    public void run() {
        try {
            super.run();
        } catch (Throwable e) {
            died.accept(e);
        }
    }

    /** Only remembers the interrupt. */
    @Override
    public void interrupt() {
        interruptIgnored = true;
    }

    /** Whether other code has tried to interrupt the calling thread. Returns true once. */
    static boolean pollIgnoredInterrupt() {
        if (Thread.currentThread() instanceof ShippingThread self && self.interruptIgnored && !self.interruptReported) {
            self.interruptReported = true;
            return true;
        }
        return false;
    }

    /** Whether the calling thread does the shipper's work. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof ShippingThread;
    }

    /** Starts the threads of a shipper. Tests replace it to make a start fail. */
    @FunctionalInterface
    interface Starter {

        Starter REAL = (name, loop, died) -> {
            ShippingThread thread = new ShippingThread(name, loop, died);
            thread.start();
            return thread;
        };

        /** Starts a thread; throws an OutOfMemoryError if the process may have no more. */
        ShippingThread start(String name, Runnable loop, Consumer<Throwable> died);
    }
}
