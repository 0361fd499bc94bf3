package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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

    /** A host that only notes the end. */
    private final Worker.Host healthy = new Worker.Host() {
        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public void stepped(Worker worker) {
            events.add("stepped");
        }

        @Override
        public void progressed() {
            events.add("progressed");
        }

        @Override
        public void ended(Worker worker, Throwable error) {
            events.add("ended " + error);
        }
    };

    private final List<String> events = new CopyOnWriteArrayList<>();

    private final Worker.Task failing = new Worker.Task() {
        @Override
        public long step(long now) {
            running = false;
            throw new IllegalStateException("step");
        }

        @Override
        public void recover() {
            events.add("recovered");
        }

        @Override
        public void finish() {
            events.add("finished");
            throw new IllegalStateException("finish");
        }

        @Override
        public void close() {
            events.add("closed");
            throw new IllegalStateException("close");
        }
    };

    private static void startAndAwaitEnd(Worker worker, WakeSignal wake) {
        worker.start(ShippingThread.Starter.REAL, "test");
        worker.awaitEnd(Long.MAX_VALUE, wake::raise);
    }

    @Test
    void recoversReportsAndDoesTheLastWorkWhateverFails() {
        RecordingObserver recording = new RecordingObserver();
        WakeSignal wake = new WakeSignal();
        Worker worker = new Worker("batcher", failing, wake, healthy, recording, () -> 1);
        assertThat(worker.isStarted()).isFalse();

        startAndAwaitEnd(worker, wake);

        assertThat(worker.isStarted()).isTrue();
        assertThat(events).containsExactly("recovered", "stepped", "progressed", "finished", "closed", "ended null");
        assertThat(recording.events)
                .containsExactly(
                        "error in the batcher: java.lang.IllegalStateException: step",
                        "error in stopping the batcher: java.lang.IllegalStateException: finish",
                        "error in stopping the batcher: java.lang.IllegalStateException: close");
    }

    @Test
    void endsWithTheErrorOfARecoveryThatFails() {
        Worker.Task hopeless = new Worker.Task() {
            @Override
            public long step(long now) {
                throw new IllegalStateException("step");
            }

            @Override
            public void recover() {
                throw new IllegalStateException("recover");
            }

            @Override
            public void finish() {
                events.add("finished");
            }

            @Override
            public void close() {
                events.add("closed");
            }
        };
        WakeSignal wake = new WakeSignal();
        startAndAwaitEnd(new Worker("sender", hopeless, wake, healthy, new RecordingObserver(), () -> 1), wake);

        assertThat(events).containsExactly("closed", "ended java.lang.IllegalStateException: recover");
    }

    @Test
    void waitsForItsEndForTheTimeOnlyAndKeepsTheInterrupt() {
        AtomicLong clock = new AtomicLong();
        AtomicInteger hurries = new AtomicInteger();
        Worker.Task idle = new Worker.Task() {
            @Override
            public long step(long now) {
                return WakeSignal.FOREVER;
            }

            @Override
            public void recover() {}
        };
        Worker worker =
                new Worker("batcher", idle, new WakeSignal(), healthy, new RecordingObserver(), clock::incrementAndGet);
        worker.start(ShippingThread.Starter.REAL, "test");
        await().until(() -> !events.isEmpty());
        long deadline = clock.get() + 1_000;
        Thread.currentThread().interrupt();

        worker.awaitEnd(deadline, () -> {
            clock.addAndGet(100);
            hurries.incrementAndGet();
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(clock.get()).isGreaterThanOrEqualTo(deadline);
        assertThat(hurries).hasPositiveValue();
        running = false;
        worker.awaitEnd(Long.MAX_VALUE, () -> {});
        assertThat(events).last().isEqualTo("ended null");
    }

    @Test
    void hasNoEndToWaitForIfItWasNeverStarted() {
        Worker worker = new Worker("batcher", failing, new WakeSignal(), healthy, new RecordingObserver(), () -> 1);

        worker.awaitEnd(Long.MAX_VALUE, () -> events.add("hurried"));

        assertThat(events).isEmpty();
    }
}
