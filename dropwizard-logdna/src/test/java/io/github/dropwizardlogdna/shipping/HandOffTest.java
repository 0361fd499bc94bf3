package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandOffTest {

    private static final int CHUNK = 1024;

    private final AtomicLong downstream = new AtomicLong();
    private final Signal wakeBatcher = new Signal();

    private HandOff handOff(long maxLines, long maxBytes, long linesKeptFree, long bytesKeptFree) {
        return new HandOff(
                new BufferLimits(maxLines, maxBytes, linesKeptFree, bytesKeptFree),
                CHUNK,
                downstream::get,
                wakeBatcher::raise);
    }

    private static Admission append(HandOff handOff, String text) {
        byte[] line = TestLines.line(text);
        return handOff.append(line, line.length, 1, false);
    }

    /** Reads all that is there, as the batcher does. */
    private static List<String> readAll(HandOff handOff) {
        StringBuilder text = new StringBuilder();
        for (Chunk chunk = handOff.poll(); chunk != null; chunk = handOff.poll()) {
            text.append(new String(chunk.bytes, chunk.read, chunk.unreadBytes(), StandardCharsets.UTF_8));
            handOff.consumed(chunk, chunk.unreadBytes(), chunk.unreadLines());
        }
        List<String> lines = new ArrayList<>();
        for (String line : text.toString().split(",\n")) {
            if (!line.isEmpty()) {
                lines.add(line.substring(1, line.length() - 1));
            }
        }
        return lines;
    }

    @Test
    void givesBackWhatWasHandedOverInItsOrder() {
        HandOff handOff = handOff(10_000, 1 << 20, 0, 0);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(append(handOff, "line " + i)).isEqualTo(Admission.ACCEPTED);
            expected.add("line " + i);
        }

        assertThat(handOff.totalLines()).isEqualTo(1_000);
        assertThat(readAll(handOff)).isEqualTo(expected);
        assertThat(handOff.waitingBytes()).isZero();
        assertThat(handOff.poll()).isNull();
    }

    @Test
    void takesALineThatIsLargerThanAChunk() {
        HandOff handOff = handOff(10, 1 << 20, 0, 0);
        String large = "x".repeat(5 * CHUNK);

        append(handOff, "before");
        append(handOff, large);
        append(handOff, "after");

        assertThat(readAll(handOff)).containsExactly("before", large, "after");
    }

    @Test
    void startsWithALineThatIsLargerThanAChunk() {
        HandOff handOff = handOff(10, 1 << 20, 0, 0);
        append(handOff, "small");
        readAll(handOff);
        String large = "x".repeat(5 * CHUNK);

        append(handOff, large);
        append(handOff, large);

        assertThat(readAll(handOff)).containsExactly(large, large);
    }

    @Test
    void isFullAtExactlySoManyLines() {
        HandOff handOff = handOff(3, 1 << 20, 0, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(append(handOff, "line")).isEqualTo(Admission.ACCEPTED);
        }

        assertThat(append(handOff, "line")).isEqualTo(Admission.FULL);
        assertThat(handOff.outlook(false)).isEqualTo(Admission.FULL);

        readAll(handOff);
        assertThat(append(handOff, "line")).isEqualTo(Admission.ACCEPTED);
    }

    @Test
    void isFullAtExactlySoManyBytesWhereverTheyAre() {
        byte[] line = TestLines.line("0123456789");
        HandOff handOff = handOff(1_000, 4L * line.length, 0, 0);
        downstream.set(2L * line.length);

        assertThat(append(handOff, "0123456789")).isEqualTo(Admission.ACCEPTED);
        assertThat(append(handOff, "0123456789")).isEqualTo(Admission.ACCEPTED);
        assertThat(append(handOff, "0123456789")).isEqualTo(Admission.FULL);

        downstream.set(0);
        assertThat(append(handOff, "0123456789")).isEqualTo(Admission.ACCEPTED);
    }

    @Test
    void takesPartsAllOrNone() {
        byte[] three = "\"a\",\n\"b\",\n\"c\",\n".getBytes(StandardCharsets.UTF_8);
        HandOff handOff = handOff(4, 1 << 20, 0, 0);

        assertThat(handOff.append(three, three.length, 3, false)).isEqualTo(Admission.ACCEPTED);
        assertThat(handOff.append(three, three.length, 3, false)).isEqualTo(Admission.FULL);
        assertThat(readAll(handOff)).containsExactly("a", "b", "c");
    }

    @Test
    void saysWhenALineCanNeverFit() {
        HandOff handOff = handOff(10, 100, 0, 0);

        assertThat(append(handOff, "x".repeat(200))).isEqualTo(Admission.TOO_LARGE);
    }

    @Test
    void keepsTheLastRoomForWhatIsImportant() {
        HandOff handOff = handOff(10, 1 << 20, 4, 0);
        byte[] line = TestLines.line("x");
        for (int i = 0; i < 6; i++) {
            assertThat(handOff.append(line, line.length, 1, true)).isEqualTo(Admission.ACCEPTED);
        }

        assertThat(handOff.append(line, line.length, 1, true)).isEqualTo(Admission.DISCARDED);
        assertThat(handOff.outlook(true)).isEqualTo(Admission.DISCARDED);
        assertThat(handOff.append(line, line.length, 1, false)).isEqualTo(Admission.ACCEPTED);
    }

    @Test
    void saysThatAPositionIsReachedRatherThanPromiseToWake() {
        HandOff handOff = handOff(10, 1 << 20, 0, 0);
        append(handOff, "x");

        assertThat(handOff.wakeAt(1)).isFalse();
        assertThat(handOff.wakeAt(handOff.totalBytes() + 1)).isTrue();
    }

    @Test
    void theNextLineWakesTheBatcherIfTheStackEndedAtTheFirst() {
        AtomicLong wakeUps = new AtomicLong();
        HandOff handOff = new HandOff(new BufferLimits(10, 1 << 20, 0, 0), CHUNK, downstream::get, () -> {
            if (wakeUps.incrementAndGet() == 1) {
                throw new StackOverflowError("injected");
            }
        });
        assertThat(handOff.wakeAt(1)).isTrue();

        assertThat(append(handOff, "first")).as("accepted, so nothing to count").isEqualTo(Admission.ACCEPTED);
        assertThat(append(handOff, "second")).isEqualTo(Admission.ACCEPTED);
        assertThat(append(handOff, "third")).isEqualTo(Admission.ACCEPTED);

        assertThat(wakeUps).hasValue(2);
    }

    @Test
    void countsWhatAFullChunkHasLeftOverUntilItIsRead() {
        HandOff handOff = handOff(1_000, 1 << 20, 0, 0);
        String large = "x".repeat(600);
        append(handOff, large);
        append(handOff, large);

        assertThat(handOff.waitingBytes()).isEqualTo(CHUNK + 604);
        assertThat(readAll(handOff)).containsExactly(large, large);
        assertThat(handOff.waitingBytes()).isZero();
    }

    @RepeatedTest(20)
    void wakesTheBatcherForTheByteThatItAskedFor() throws Exception {
        HandOff handOff = handOff(10, 1 << 20, 0, 0);
        CountDownLatch woken = new CountDownLatch(1);
        Thread batcher = new Thread(() -> {
            while (handOff.wakeAt(1)) {
                wakeBatcher.await(Signal.FOREVER);
            }
            woken.countDown();
        });
        batcher.setDaemon(true);
        wakeBatcher.belongsTo(batcher);
        batcher.start();

        append(handOff, "x");

        assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @RepeatedTest(5)
    void keepsTheOrderOfEachThreadAndLosesNothing() throws Exception {
        int threads = 8;
        int linesEach = 20_000;
        HandOff handOff = handOff(1_000_000, 1 << 30, 0, 0);
        ExecutorService loggers = Executors.newFixedThreadPool(threads);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            running.add(loggers.submit(() -> {
                for (int i = 0; i < linesEach; i++) {
                    assertThat(append(handOff, thread + " " + i)).isEqualTo(Admission.ACCEPTED);
                }
            }));
        }

        int[] next = new int[threads];
        int read = 0;
        while (read < threads * linesEach) {
            for (String line : readAll(handOff)) {
                String[] parts = line.split(" ");
                int thread = Integer.parseInt(parts[0]);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(next[thread]++);
                read++;
            }
        }

        for (Future<?> future : running) {
            future.get();
        }
        loggers.shutdown();
        assertThat(handOff.poll()).isNull();
    }

    @RepeatedTest(20)
    void acceptsNothingOnceItIsClosedAndLosesNothingThatItAccepted() throws Exception {
        HandOff handOff = handOff(1_000_000, 1 << 30, 0, 0);
        AtomicLong accepted = new AtomicLong();
        CountDownLatch logging = new CountDownLatch(4);
        List<Thread> loggers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread logger = new Thread(() -> {
                logging.countDown();
                while (append(handOff, "some line of a few bytes") == Admission.ACCEPTED) {
                    accepted.incrementAndGet();
                }
            });
            logger.start();
            loggers.add(logger);
        }
        logging.await();

        handOff.close();
        long total = handOff.totalLines();

        for (Thread logger : loggers) {
            logger.join();
        }
        assertThat(append(handOff, "late")).isEqualTo(Admission.CLOSED);
        assertThat(accepted.get()).isEqualTo(total);
        assertThat(readAll(handOff)).hasSize((int) total);
    }

    @Test
    void neverHoldsMoreThanAllowedHoweverManyThreadsCompete() throws Exception {
        byte[] line = TestLines.line("0123456789");
        int most = 1_000;
        HandOff handOff = handOff(1_000_000, (long) most * line.length, 0, 0);
        AtomicLong accepted = new AtomicLong();
        List<Thread> loggers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Thread logger = new Thread(() -> {
                while (append(handOff, "0123456789") == Admission.ACCEPTED) {
                    accepted.incrementAndGet();
                }
            });
            logger.start();
            loggers.add(logger);
        }
        for (Thread logger : loggers) {
            logger.join();
        }

        // What is left over at the end of each full chunk counts as well.
        int full = most * line.length / CHUNK;
        int inTheLast = most * line.length % CHUNK / line.length;
        assertThat(accepted).hasValue(full * (CHUNK / line.length) + inTheLast);
        assertThat(handOff.waitingBytes()).isEqualTo((long) full * CHUNK + (long) inTheLast * line.length);
    }
}
