package io.github.dropwizardlogdna;

import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.line.LineFormat;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The encoders that logging threads borrow for one event each. A pool rather than thread-locals, which would keep a
 * buffer for every thread that ever logged, and there may be a million of virtual ones.
 *
 * <p>Who finds none gets a new one, which is not kept if the pool is full again: nobody waits.
 */
final class EncoderPool<E extends DeferredProcessingAware> {

    /** A power of two, and more than there are threads at the same place at the same time on most machines. */
    private static final int SIZE = 16;

    private final LineEncoder<E> prototype;
    private final AtomicReferenceArray<LineEncoder<E>> idle = new AtomicReferenceArray<>(SIZE);

    EncoderPool(LineFormat<E> format) {
        this.prototype = new LineEncoder<>(format);
    }

    LineEncoder<E> borrow() {
        int start = start();
        for (int i = 0; i < SIZE; i++) {
            int slot = (start + i) & (SIZE - 1);
            if (idle.get(slot) != null) {
                LineEncoder<E> encoder = idle.getAndSet(slot, null);
                if (encoder != null) {
                    return encoder;
                }
            }
        }
        return prototype.sibling();
    }

    void giveBack(LineEncoder<E> encoder) {
        encoder.clear();
        int start = start();
        for (int i = 0; i < SIZE; i++) {
            int slot = (start + i) & (SIZE - 1);
            if (idle.get(slot) == null && idle.compareAndSet(slot, null, encoder)) {
                return;
            }
        }
    }

    /** Threads begin at different slots, so that they seldom meet, and find the encoder that knows their names. */
    @SuppressWarnings("deprecation") // threadId() is not there in Java 17
    private static int start() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 8));
    }
}
