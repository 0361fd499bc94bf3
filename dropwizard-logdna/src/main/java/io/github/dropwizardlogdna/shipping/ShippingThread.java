package io.github.dropwizardlogdna.shipping;

import java.util.function.Consumer;

/**
 * A thread that does the shipper's own work. Whoever sees an event that was logged on one of these knows that shipping
 * it would make another. It does not die unnoticed.
 */
public final class ShippingThread extends Thread {

    private final Consumer<Throwable> died;

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

    @Override
    public void run() {
        try {
            super.run();
        } catch (Throwable e) {
            died.accept(e);
        }
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
