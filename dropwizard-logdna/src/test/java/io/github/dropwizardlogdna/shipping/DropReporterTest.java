package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DropReporterTest {

    private final Budget budget = new Budget(new BufferLimits(3, 10_000, 0, 0));
    private final LineQueue queue = new LineQueue(budget, 1024, () -> {});
    private final Counters counters = new Counters(queue::totalLines);
    private final RecordingObserver observer = new RecordingObserver();
    private int wakeUps;
    private boolean encoderFails;
    private final DropReporter reporter = new DropReporter(
            counters,
            queue,
            observer,
            text -> {
                if (encoderFails) {
                    throw new IllegalStateException("encoder");
                }
                return TestLines.line(text);
            },
            () -> wakeUps++);

    private void drop(DropReason reason, int lines) {
        counters.rejected(reason, lines);
        reporter.dropped();
    }

    private void fillQueue() {
        byte[] line = TestLines.line("line");
        while (queue.append(line, line.length, 1, false) == AppendResult.ACCEPTED) {
            // until it is full
        }
    }

    @Test
    void hasNothingToReportAtFirst() {
        assertThat(reporter.isAllReported()).isTrue();
        assertThat(reporter.step(0)).isEqualTo(WakeSignal.FOREVER);
        assertThat(observer.events).isEmpty();
        assertThat(queue.totalLines()).isZero();
    }

    @Test
    void reportsDropsToBoth() {
        drop(DropReason.FULL, 3);
        drop(DropReason.RATE, 1);
        assertThat(reporter.isAllReported()).isFalse();

        assertThat(reporter.step(0)).isEqualTo(WakeSignal.FOREVER);

        assertThat(observer.events).containsExactly("dropped {FULL=3, RATE=1}");
        assertThat(TestLines.in(batchOfQueue()))
                .containsExactly("4 lines are missing before this one (3 full, 1 rate)");
        assertThat(reporter.isAllReported()).isTrue();
        assertThat(reporter.takeUnreported()).isEmpty();
    }

    @Test
    void reportsOneLineInTheSingular() {
        drop(DropReason.FULL, 1);
        reporter.step(0);

        assertThat(TestLines.in(batchOfQueue())).containsExactly("1 line is missing before this one (1 full)");
    }

    private Batch batchOfQueue() {
        OpenBatch open = new OpenBatch(false);
        for (Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
            int bytes = chunk.unreadBytes();
            int lines = chunk.unreadLines();
            open.add(chunk.bytes, chunk.read, bytes, lines);
            queue.consumed(chunk, bytes, lines);
        }
        return open.close(1, null);
    }

    @Test
    void wakesTheBatcherForTheFirstDropOnly() {
        drop(DropReason.FULL, 1);
        drop(DropReason.FULL, 1);
        assertThat(wakeUps).isEqualTo(1);

        reporter.step(0);
        drop(DropReason.FULL, 1);
        assertThat(wakeUps).isEqualTo(2);

        assertThat(reporter.step(1)).isEqualTo(DropReporter.INTERVAL - 1); // wakes by itself
        drop(DropReason.FULL, 1);
        assertThat(wakeUps).isEqualTo(2);
    }

    @Test
    void repeatsAReportAfterAMinute() {
        drop(DropReason.FULL, 1);
        reporter.step(5);
        drop(DropReason.FULL, 2);

        assertThat(reporter.step(6)).isEqualTo(DropReporter.INTERVAL - 1);
        assertThat(observer.events).hasSize(1);
        assertThat(queue.totalLines()).isEqualTo(1);
        assertThat(reporter.isAllReported()).isFalse();

        assertThat(reporter.step(5 + DropReporter.INTERVAL)).isEqualTo(WakeSignal.FOREVER);
        assertThat(observer.events).containsExactly("dropped {FULL=1}", "dropped {FULL=2}");
        assertThat(queue.totalLines()).isEqualTo(2);
    }

    @Test
    void reportsADifferentReasonToTheObserverWithinAMinute() {
        drop(DropReason.FULL, 1);
        reporter.step(5);
        drop(DropReason.RATE, 2);

        assertThat(reporter.step(6)).isEqualTo(DropReporter.INTERVAL - 1); // to the endpoint

        assertThat(observer.events).containsExactly("dropped {FULL=1}", "dropped {RATE=2}");
    }

    @Test
    void reportsToTheEndpointOnceThereIsRoom() {
        fillQueue();
        drop(DropReason.FULL, 1);

        assertThat(reporter.step(0)).isEqualTo(DropReporter.INTERVAL);

        assertThat(observer.events).containsExactly("dropped {FULL=1}");
        assertThat(reporter.isAllReported()).isFalse(); // reported to the observer only

        batchOfQueue();

        assertThat(reporter.step(1)).isEqualTo(WakeSignal.FOREVER);
        assertThat(reporter.isAllReported()).isTrue();
    }

    @Test
    void triesAgainInAMinuteIfTheNoticeCanNotBeEncoded() {
        encoderFails = true;
        drop(DropReason.FULL, 1);

        assertThat(reporter.step(0)).isEqualTo(DropReporter.INTERVAL);
        encoderFails = false;
        assertThat(reporter.step(1)).isEqualTo(DropReporter.INTERVAL - 1);
        assertThat(queue.totalLines()).isZero();
        assertThat(reporter.step(DropReporter.INTERVAL)).isEqualTo(WakeSignal.FOREVER);

        assertThat(queue.totalLines()).isEqualTo(1);
        assertThat(observer.events)
                .contains("error in the encoder of the notice of missing lines: "
                        + "java.lang.IllegalStateException: encoder");
    }

    @Test
    void reportsToTheEndpointAtOnceInAHurry() {
        drop(DropReason.FULL, 1);
        reporter.step(0);
        drop(DropReason.FULL, 1);
        reporter.hurry();
        assertThat(reporter.isHurried()).isTrue();

        reporter.step(1);

        assertThat(reporter.isHurried()).isFalse();
        assertThat(queue.totalLines()).isEqualTo(2);
        assertThat(reporter.takeUnreported()).isEqualTo(Map.of(DropReason.FULL, 1L));
        assertThat(reporter.takeUnreported()).isEmpty();
    }

    @Test
    void isSilentAboutADroppedNotice() {
        drop(DropReason.FULL, 1);
        reporter.step(0);
        byte[] notice = TestLines.line("1 line is missing before this one (1 full)");
        byte[] other = "\"another\",\n".getBytes(StandardCharsets.UTF_8);

        counters.lost(DropReason.REFUSED, 1);
        reporter.lineDropped(notice, DropReason.REFUSED);
        reporter.step(DropReporter.INTERVAL);

        assertThat(queue.totalLines()).isEqualTo(1);
        counters.lost(DropReason.REFUSED, 1);
        reporter.lineDropped(other, DropReason.REFUSED);
        reporter.step(2 * DropReporter.INTERVAL);
        assertThat(queue.totalLines()).as("a line of the application").isEqualTo(2);
    }
}
