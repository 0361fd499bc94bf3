package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class IntakeTest {

    private final Budget budget = new Budget(new BufferLimits(2, 10_000, 1, 0));
    private final LineQueue queue = new LineQueue(budget, 1024, () -> {});
    private final Counters counters = new Counters(queue::totalLines);
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final DropReporter losses =
            new DropReporter(counters, queue, new RecordingObserver(), TestLines::line, wakeUps::incrementAndGet);
    private boolean failed;

    private Intake intake(boolean waitForRoom) {
        Pipeline pipeline = new Pipeline(
                queue,
                BatchStore.inMemory(),
                budget,
                counters,
                new LearnedLimits(true, 100, 100),
                losses,
                Fixture.FORM);
        return new Intake(pipeline, waitForRoom, () -> failed);
    }

    private static AppendResult log(Intake intake, boolean discardable) {
        byte[] line = TestLines.line("line");
        return intake.append(line, line.length, 1, discardable);
    }

    @Test
    void countsDropsByReasonAndWakesTheBatcher() {
        Intake intake = intake(false);

        assertThat(log(intake, true)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(log(intake, true)).isEqualTo(AppendResult.DISCARDED);
        assertThat(wakeUps).hasValue(1);
        assertThat(log(intake, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(log(intake, false)).isEqualTo(AppendResult.FULL);
        assertThat(intake.append(new byte[20_000], 20_000, 1, false)).isEqualTo(AppendResult.TOO_LARGE);

        assertThat(counters.dropped(DropReason.DISCARDED)).isEqualTo(1);
        assertThat(counters.dropped(DropReason.FULL)).isEqualTo(1);
        assertThat(counters.dropped(DropReason.TOO_LARGE)).isEqualTo(1);
        assertThat(counters.accepted()).isEqualTo(2);
    }

    @Test
    void foreseesADrop() {
        Intake intake = intake(false);
        assertThat(intake.rejectEarly(true)).isFalse();
        log(intake, false);

        assertThat(intake.rejectEarly(true)).isTrue();
        assertThat(intake.rejectEarly(false)).isFalse();
        log(intake, false);
        assertThat(intake.rejectEarly(false)).isTrue();

        assertThat(counters.dropped(DropReason.DISCARDED)).isEqualTo(1);
        assertThat(counters.dropped(DropReason.FULL)).isEqualTo(1);
        assertThat(wakeUps).hasValue(1);
    }

    @Test
    void foreseesNoDropIfTheThreadWouldWait() {
        Intake intake = intake(true);
        log(intake, false);
        log(intake, false);

        assertThat(intake.rejectEarly(false)).isFalse();
        assertThat(counters.dropped()).isZero();
    }

    @Test
    void dropsAllLinesOnceItIsClosed() {
        Intake intake = intake(true);
        intake.close();

        assertThat(log(intake, false)).isEqualTo(AppendResult.CLOSED);
        assertThat(intake.rejectEarly(false)).isTrue();
        assertThat(counters.dropped(DropReason.ABANDONED)).isEqualTo(2);

        failed = true;
        assertThat(log(intake, false)).isEqualTo(AppendResult.CLOSED);
        assertThat(counters.dropped(DropReason.FAILED)).isEqualTo(1);
    }

    @Test
    void releasesAThreadThatWaitsIfItIsClosed() throws Exception {
        Intake intake = intake(true);

        assertThat(resultOfAWait(intake, intake::close)).isEqualTo(AppendResult.CLOSED);
    }

    @Test
    void letsAThreadThatWaitsInOnceThereIsRoom() throws Exception {
        Intake intake = intake(true);

        assertThat(resultOfAWait(intake, () -> {
                    Chunk chunk = queue.poll();
                    queue.consumed(chunk, chunk.unreadBytes(), chunk.unreadLines());
                    intake.roomFreed();
                }))
                .isEqualTo(AppendResult.ACCEPTED);
    }

    /** Logs a line that finds the buffer full, and does something else while it waits. */
    private static AppendResult resultOfAWait(Intake intake, Runnable meanwhile) throws InterruptedException {
        log(intake, false);
        log(intake, false);
        AtomicReference<AppendResult> result = new AtomicReference<>();
        Thread logger = new Thread(() -> result.set(log(intake, false)));
        logger.start();
        await().until(() -> logger.getState() == Thread.State.WAITING);

        meanwhile.run();

        logger.join();
        return result.get();
    }
}
