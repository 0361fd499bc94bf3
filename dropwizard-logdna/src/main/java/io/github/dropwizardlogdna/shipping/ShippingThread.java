package io.github.dropwizardlogdna.shipping;

import java.util.function.Consumer;

/**
 * A thread that does the shipper's own work: an event that is logged on it must not be shipped, as that would make
 * another. It reports the error that ends it.
 *
 * <p>It ignores interrupts. The shipper ends its threads in its own way, so an interrupt comes from code that does not
 * know what it stops; the flag would end each wait at once, and close the files and sockets that the thread is using.
 */
public final class ShippingThread extends Thread {

    private final Consumer<Throwable> died;
    private volatile boolean interruptIgnored;
    /** This thread's own. */
    private boolean interruptReported;

    /**
     * Starts nothing.
     *
     * @param died is told, on this thread, of the error that ends it
     */
    ShippingThread(String name, Runnable loop, Consumer<Throwable> died) {
        super(loop, name);
        this.died = died;
        setDaemon(true);
    }

    /** A thread, not started, for other work of this library; {@code work} must not throw. */
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

    /** Is remembered, and otherwise ignored. */
    @Override
    public void interrupt() {
        interruptIgnored = true;
    }

    /** Whether somebody has tried to interrupt the caller's thread; only once. */
    static boolean pollIgnoredInterrupt() {
        if (Thread.currentThread() instanceof ShippingThread self && self.interruptIgnored && !self.interruptReported) {
            self.interruptReported = true;
            return true;
        }
        return false;
    }

    /** Whether the caller's thread is one of these. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof ShippingThread;
    }

    /** How a shipper comes by its threads: a seam, because real threads fail when nobody asks them to. */
    @FunctionalInterface
    interface Starter {

        Starter REAL = (name, loop, died) -> {
            ShippingThread thread = new ShippingThread(name, loop, died);
            thread.start();
            return thread;
        };

        /** Starts a thread; throws an OutOfMemoryError where the process may have no more. */
        ShippingThread start(String name, Runnable loop, Consumer<Throwable> died);
    }
}
