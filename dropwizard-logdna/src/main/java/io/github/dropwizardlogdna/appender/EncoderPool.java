package io.github.dropwizardlogdna.appender;

import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.line.LineFormat;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Encoders that logging threads borrow for one event each. Thread-locals would keep a buffer for every thread that ever
 * logged, and there may be a million virtual threads.
 *
 * <p>Never blocks: a thread that finds no idle encoder gets a new one, and a full pool drops a returned one.
 */
final class EncoderPool<E extends DeferredProcessingAware> {

    /** A power of two; more threads seldom encode at the same moment. */
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

    /** Threads start at different slots, so that they seldom collide and find the encoder that has cached their names. */
    @SuppressWarnings("deprecation") // threadId() is not there in Java 17
    private static int start() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 8));
    }
}
