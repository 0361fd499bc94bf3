package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnreadableFilesTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private int wakeUps;
    private final UnreadableFiles files = new UnreadableFiles(() -> wakeUps++);

    @Test
    void pausesUntilTheNextAttempt() {
        assertThat(files.isPaused()).isFalse();
        assertThat(files.resume(0)).isEqualTo(WakeSignal.FOREVER);

        assertThat(files.failed("a", 0)).isEqualTo(1);

        assertThat(files.isPaused()).isTrue();
        assertThat(wakeUps).as("the batcher, which ends the pause").isEqualTo(1);
        assertThat(files.resume(1)).isEqualTo(SECOND - 1);
        assertThat(files.isPaused()).isTrue();
        assertThat(files.resume(SECOND)).isEqualTo(WakeSignal.FOREVER);
        assertThat(files.isPaused()).isFalse();
        assertThat(wakeUps).as("the senders").isEqualTo(2);

        assertThat(files.failed("a", SECOND)).isEqualTo(2);
        assertThat(files.resume(SECOND)).isEqualTo(2 * SECOND);
    }

    /** Otherwise the sender of the other file, which has found the pause, would sleep for ever. */
    @Test
    void aFileThatIsReadDoesNotEndThePauseOfAnother() {
        files.failed("a", 0);
        files.done("b");

        assertThat(files.isPaused()).isTrue();
        assertThat(files.resume(1)).isEqualTo(SECOND - 1);

        files.failed("b", 1);
        files.done("a");
        assertThat(files.isPaused()).isTrue();
        assertThat(files.failed("b", 2)).isEqualTo(2);
    }

    @Test
    void thePauseEndsWithTheLastSuchFileAndWakesThoseWhoFoundIt() {
        files.failed("a", 0);
        wakeUps = 0;

        files.done("a");

        assertThat(files.isPaused()).isFalse();
        assertThat(wakeUps).isEqualTo(1);
        files.done("a");
        assertThat(wakeUps).as("no pause has ended").isEqualTo(1);
        files.failed("a", 0);
        assertThat(files.resume(0)).as("from the first delay again").isEqualTo(SECOND);
    }
}
