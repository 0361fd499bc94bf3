package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WorkerTest {

    private final AtomicInteger steps = new AtomicInteger();
    private final AtomicReference<Throwable> ended = new AtomicReference<>();
    private volatile boolean running = true;

    /** Fails wherever the worker calls it, as all code may while memory is short. */
    private final Worker.Host host = new Worker.Host() {
        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public void stepped(Worker worker) {
            throw new OutOfMemoryError("stepped");
        }

        @Override
        public void progressed() {
            throw new OutOfMemoryError("progressed");
        }

        @Override
        public void ended(Worker worker, Throwable error) {
            ended.set(error);
        }
    };

    private final ShippingObserver observer = new RecordingObserver() {
        @Override
        public void internalError(String what, Throwable error) {
            throw new OutOfMemoryError("internalError");
        }
    };

    @Test
    void goesOnAfterErrorsBeyondItsTask() {
        goesOn(() -> {});
    }

    @Test
    void goesOnAfterAnErrorThatCanNotBeReported() {
        goesOn(() -> {
            throw new OutOfMemoryError("step");
        });
    }

    private void goesOn(Runnable work) {
        Worker.Task task = new Worker.Task() {
            @Override
            public long step(long now) {
                steps.incrementAndGet();
                work.run();
                return 0;
            }

            @Override
            public void recover() {}
        };
        Worker worker = new Worker("batcher", task, new WakeSignal(), host, observer, System::nanoTime);

        worker.start(ShippingThread.Starter.REAL, "test");

        await().until(() -> steps.get() >= 2 || ended.get() != null);
        assertThat(ended.get()).isNull();
        running = false;
        worker.awaitEnd(Long.MAX_VALUE, () -> {});
    }
}
