package io.github.dropwizardlogdna.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReportQueueTest {

    private final AtomicBoolean noThreads = new AtomicBoolean();
    private final List<Long> skipped = new CopyOnWriteArrayList<>();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final ReportQueue queue = new ReportQueue(
            work -> {
                // Not by overriding start(), which an executor of Java 21 bypasses.
                if (noThreads.get()) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                return new Thread(work);
            },
            skipped::add);

    @Test
    void withoutAThreadAReportIsCountedAndTheCallerDoesNotWaitForTheSink() {
        noThreads.set(true);

        assertThat(queue.offer(() -> written.add("on the thread of the caller")))
                .isFalse();
        queue.awaitWritten();
        assertThat(written).isEmpty();

        noThreads.set(false);
        assertThat(queue.offer(() -> written.add("next"))).isTrue();
        queue.awaitWritten();
        assertThat(written).containsExactly("next");
        assertThat(skipped).containsExactly(1L);
    }

    @Test
    void withoutAThreadTheLastReportIsWrittenByTheCaller() {
        noThreads.set(true);
        List<Thread> writers = new ArrayList<>();

        queue.offerOrWrite(() -> writers.add(Thread.currentThread()));

        assertThat(writers).containsExactly(Thread.currentThread());
    }

    /** Even the last report: the sink is stuck, and the caller would be, too. */
    @Test
    void aFullQueueIsNotBypassed() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        queue.offer(() -> {
            writing.countDown();
            await(stuck);
        });
        writing.await();
        for (int i = 0; i < ReportQueue.CAPACITY; i++) {
            assertThat(queue.offer(() -> {})).isTrue();
        }

        assertThat(queue.offer(() -> {})).isFalse();
        queue.offerOrWrite(() -> written.add("last"));

        assertThat(written).isEmpty();
        stuck.countDown();
        queue.awaitWritten();
        assertThat(skipped).containsExactly(2L);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
