package io.github.dropwizardlogdna.shipping;

/**
 * A thread that does the shipper's own work. Whoever sees an event that was logged on one of these knows that shipping
 * it would make another.
 */
public final class ShippingThread extends Thread {

    ShippingThread(String name, Runnable loop) {
        super(loop, name);
        setDaemon(true);
    }

    /** Whether the caller's thread is one of these. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof ShippingThread;
    }
}
