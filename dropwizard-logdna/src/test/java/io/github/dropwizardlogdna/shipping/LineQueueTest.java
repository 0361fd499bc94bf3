package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LineQueueTest {

    private static final int CHUNK = 1024;

    private final WakeSignal wakeBatcher = new WakeSignal();

    private LineQueue queue(long maxLines, long maxBytes, long reservedLines, long reservedBytes) {
        return queue(new Budget(new BufferLimits(maxLines, maxBytes, reservedLines, reservedBytes)));
    }

    private LineQueue queue(Budget budget) {
        return new LineQueue(budget, CHUNK, wakeBatcher::raise);
    }

    private static AppendResult append(LineQueue queue, String text) {
        byte[] line = TestLines.line(text);
        return queue.append(line, line.length, 1, false);
    }

    /** Reads all lines, as the batcher does. */
    private static List<String> readAll(LineQueue queue) {
        StringBuilder text = new StringBuilder();
        for (Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
            text.append(new String(chunk.bytes, chunk.read, chunk.unreadBytes(), StandardCharsets.UTF_8));
            queue.consumed(chunk, chunk.unreadBytes(), chunk.unreadLines());
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
    void returnsLinesInTheirOrder() {
        LineQueue queue = queue(10_000, 1 << 20, 0, 0);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            assertThat(append(queue, "line " + i)).isEqualTo(AppendResult.ACCEPTED);
            expected.add("line " + i);
        }

        assertThat(queue.totalLines()).isEqualTo(1_000);
        assertThat(readAll(queue)).isEqualTo(expected);
        assertThat(queue.waitingBytes()).isZero();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void takesALineThatIsLargerThanAChunk() {
        LineQueue queue = queue(10, 1 << 20, 0, 0);
        String large = "x".repeat(5 * CHUNK);

        append(queue, "before");
        append(queue, large);
        append(queue, "after");

        assertThat(readAll(queue)).containsExactly("before", large, "after");
    }

    @Test
    void startsWithALineThatIsLargerThanAChunk() {
        LineQueue queue = queue(10, 1 << 20, 0, 0);
        append(queue, "small");
        readAll(queue);
        String large = "x".repeat(5 * CHUNK);

        append(queue, large);
        append(queue, large);

        assertThat(readAll(queue)).containsExactly(large, large);
    }

    @Test
    void isFullAtExactlyTheLimitOfLines() {
        LineQueue queue = queue(3, 1 << 20, 0, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(append(queue, "line")).isEqualTo(AppendResult.ACCEPTED);
        }

        assertThat(append(queue, "line")).isEqualTo(AppendResult.FULL);
        assertThat(queue.outlook(false)).isEqualTo(AppendResult.FULL);

        readAll(queue);
        assertThat(append(queue, "line")).isEqualTo(AppendResult.ACCEPTED);
    }

    @Test
    void isFullAtExactlyTheLimitOfBytesQueuedAndDownstream() {
        byte[] line = TestLines.line("0123456789");
        Budget budget = new Budget(new BufferLimits(1_000, 4L * line.length, 0, 0));
        LineQueue queue = queue(budget);
        budget.hold(2L * line.length);

        assertThat(append(queue, "0123456789")).isEqualTo(AppendResult.ACCEPTED);
        assertThat(append(queue, "0123456789")).isEqualTo(AppendResult.ACCEPTED);
        assertThat(append(queue, "0123456789")).isEqualTo(AppendResult.FULL);

        budget.release(2L * line.length);
        assertThat(append(queue, "0123456789")).isEqualTo(AppendResult.ACCEPTED);
    }

    @Test
    void takesPartsAllOrNone() {
        byte[] three = "\"a\",\n\"b\",\n\"c\",\n".getBytes(StandardCharsets.UTF_8);
        LineQueue queue = queue(4, 1 << 20, 0, 0);

        assertThat(queue.append(three, three.length, 3, false)).isEqualTo(AppendResult.ACCEPTED);
        assertThat(queue.append(three, three.length, 3, false)).isEqualTo(AppendResult.FULL);
        assertThat(readAll(queue)).containsExactly("a", "b", "c");
    }

    @Test
    void rejectsALineThatCanNeverFit() {
        LineQueue queue = queue(10, 100, 0, 0);

        assertThat(append(queue, "x".repeat(200))).isEqualTo(AppendResult.TOO_LARGE);
    }

    @Test
    void keepsTheReserveForImportantLines() {
        LineQueue queue = queue(10, 1 << 20, 4, 0);
        byte[] line = TestLines.line("x");
        for (int i = 0; i < 6; i++) {
            assertThat(queue.append(line, line.length, 1, true)).isEqualTo(AppendResult.ACCEPTED);
        }

        assertThat(queue.append(line, line.length, 1, true)).isEqualTo(AppendResult.DISCARDED);
        assertThat(queue.outlook(true)).isEqualTo(AppendResult.DISCARDED);
        assertThat(queue.append(line, line.length, 1, false)).isEqualTo(AppendResult.ACCEPTED);
    }

    @Test
    void reportsAReachedPositionInsteadOfPromisingAWakeUp() {
        LineQueue queue = queue(10, 1 << 20, 0, 0);
        append(queue, "x");

        assertThat(queue.wakeAt(1)).isFalse();
        assertThat(queue.wakeAt(queue.totalBytes())).isFalse();
        assertThat(queue.wakeAt(queue.totalBytes() + 1)).isTrue();
    }

    @Test
    void wakesTheBatcherOnceAtExactlyTheByteThatItAskedFor() {
        AtomicLong wakeUps = new AtomicLong();
        LineQueue queue =
                new LineQueue(new Budget(new BufferLimits(10, 1 << 20, 0, 0)), CHUNK, wakeUps::incrementAndGet);
        byte[] line = TestLines.line("x");
        queue.wakeAt(2L * line.length);

        queue.append(line, line.length, 1, false);
        assertThat(wakeUps).hasValue(0);
        queue.append(line, line.length, 1, false);
        assertThat(wakeUps).hasValue(1);
        queue.append(line, line.length, 1, false);
        assertThat(wakeUps).hasValue(1);
    }

    @Test
    void reusesTheArraysOfReadChunks() {
        LineQueue queue = queue(10_000, 1 << 20, 0, 0);
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 4; i++) {
                append(queue, "x".repeat(600));
            }
            for (Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
                arrays.add(chunk.bytes);
                queue.consumed(chunk, chunk.unreadBytes(), chunk.unreadLines());
            }
        }

        assertThat(arrays).as("of 40 chunks, with one line each").hasSizeLessThanOrEqualTo(5);
    }

    /** An array that is too short stands for a stack that ends between the claim and the commit of a line. */
    @Test
    void doesNotReuseTheArrayOfAChunkThatAThreadMayStillFill() {
        LineQueue queue = new LineQueue(new Budget(new BufferLimits(100, 1 << 20, 0, 0)), CHUNK, () -> {}, 1);
        append(queue, "before");
        assertThatThrownBy(() -> queue.append(new byte[1], 500, 1, false))
                .isInstanceOf(IndexOutOfBoundsException.class);
        Chunk incomplete = queue.poll();
        assertThat(incomplete.isComplete()).isFalse();

        queue.skip(incomplete);

        assertThat(queue.waitingBytes()).isZero();
        assertThat(queue.consumedLines()).isEqualTo(2);
        append(queue, "after");
        assertThat(queue.poll().bytes).isNotSameAs(incomplete.bytes);
        assertThat(readAll(queue)).containsExactly("after");
    }

    @Test
    void countsWhatIsReadOfAChunkInParts() {
        LineQueue queue = queue(10, 1 << 20, 0, 0);
        append(queue, "a");
        append(queue, "b");
        append(queue, "c");
        Chunk chunk = queue.poll();
        int line = TestLines.line("a").length;

        queue.consumed(chunk, line, 1);
        assertThat(queue.consumedBytes()).isEqualTo(line);
        queue.consumed(chunk, line, 1);

        assertThat(queue.consumedBytes()).isEqualTo(2L * line);
        assertThat(queue.consumedLines()).isEqualTo(2);
        assertThat(queue.waitingBytes()).isEqualTo(line);
        assertThat(readAll(queue)).containsExactly("c");
    }

    @Test
    void chunksAreASixteenthOfABatchWithinBounds() {
        assertThat(LineQueue.chunkSizeFor(1_024)).isEqualTo(1_024);
        assertThat(LineQueue.chunkSizeFor(512 * 1024)).isEqualTo(32 * 1024);
        assertThat(LineQueue.chunkSizeFor(9 << 20)).isEqualTo(64 * 1024);
    }

    @Test
    void theNextLineWakesTheBatcherIfTheStackEndedAtTheFirst() {
        AtomicLong wakeUps = new AtomicLong();
        LineQueue queue = new LineQueue(new Budget(new BufferLimits(10, 1 << 20, 0, 0)), CHUNK, () -> {
            if (wakeUps.incrementAndGet() == 1) {
                throw new StackOverflowError("injected");
            }
        });
        assertThat(queue.wakeAt(1)).isTrue();

        assertThat(append(queue, "first")).as("accepted, so nothing to count").isEqualTo(AppendResult.ACCEPTED);
        assertThat(append(queue, "second")).isEqualTo(AppendResult.ACCEPTED);
        assertThat(append(queue, "third")).isEqualTo(AppendResult.ACCEPTED);

        assertThat(wakeUps).hasValue(2);
    }

    @Test
    void noBytesWaitAfterALineForWhichThereWasNoMemory() {
        LineQueue queue = queue(10_000, 1L << 40, 0, 0);
        assertThat(queue.append(new byte[10], 10, 10_001, false))
                .as("leaves an empty chunk behind")
                .isEqualTo(AppendResult.TOO_LARGE);
        int moreThanAnArrayMayHave = Integer.MAX_VALUE;
        assertThatThrownBy(() -> queue.append(new byte[0], moreThanAnArrayMayHave, 1, false))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(queue.poll()).isNull();
        assertThat(queue.waitingBytes())
                .as("the batcher would look for them for ever")
                .isZero();

        append(queue, "next");
        assertThat(readAll(queue)).containsExactly("next");
    }

    @Test
    void countsTheUnusedEndOfAFullChunkUntilItIsRead() {
        LineQueue queue = queue(1_000, 1 << 20, 0, 0);
        String large = "x".repeat(600);
        append(queue, large);
        append(queue, large);

        assertThat(queue.waitingBytes()).isEqualTo(CHUNK + 604);
        assertThat(readAll(queue)).containsExactly(large, large);
        assertThat(queue.waitingBytes()).isZero();
    }

    @RepeatedTest(20)
    void wakesTheBatcherForTheByteThatItAskedFor() throws Exception {
        LineQueue queue = queue(10, 1 << 20, 0, 0);
        CountDownLatch woken = new CountDownLatch(1);
        Thread batcher = new Thread(() -> {
            while (queue.wakeAt(1)) {
                wakeBatcher.await(WakeSignal.FOREVER);
            }
            woken.countDown();
        });
        batcher.setDaemon(true);
        wakeBatcher.belongsTo(batcher);
        batcher.start();

        append(queue, "x");

        assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @RepeatedTest(5)
    void keepsTheOrderOfEachThreadAndLosesNothing() throws Exception {
        int threads = 8;
        int linesEach = 20_000;
        LineQueue queue = queue(1_000_000, 1 << 30, 0, 0);
        ExecutorService loggers = Executors.newFixedThreadPool(threads);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int thread = t;
            running.add(loggers.submit(() -> {
                for (int i = 0; i < linesEach; i++) {
                    assertThat(append(queue, thread + " " + i)).isEqualTo(AppendResult.ACCEPTED);
                }
            }));
        }

        int[] next = new int[threads];
        int read = 0;
        while (read < threads * linesEach) {
            for (String line : readAll(queue)) {
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
        assertThat(queue.poll()).isNull();
    }

    @RepeatedTest(20)
    void acceptsNothingOnceItIsClosedAndLosesNothingThatItAccepted() throws Exception {
        LineQueue queue = queue(1_000_000, 1 << 30, 0, 0);
        AtomicLong accepted = new AtomicLong();
        CountDownLatch logging = new CountDownLatch(4);
        List<Thread> loggers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread logger = new Thread(() -> {
                logging.countDown();
                while (append(queue, "some line of a few bytes") == AppendResult.ACCEPTED) {
                    accepted.incrementAndGet();
                }
            });
            logger.start();
            loggers.add(logger);
        }
        logging.await();

        queue.close();
        long total = queue.totalLines();

        for (Thread logger : loggers) {
            logger.join();
        }
        assertThat(append(queue, "late")).isEqualTo(AppendResult.CLOSED);
        assertThat(accepted.get()).isEqualTo(total);
        assertThat(readAll(queue)).hasSize((int) total);
    }

    @Test
    void neverHoldsMoreThanAllowedIfManyThreadsCompete() throws Exception {
        byte[] line = TestLines.line("0123456789");
        int most = 1_000;
        LineQueue queue = queue(1_000_000, (long) most * line.length, 0, 0);
        AtomicLong accepted = new AtomicLong();
        List<Thread> loggers = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Thread logger = new Thread(() -> {
                while (append(queue, "0123456789") == AppendResult.ACCEPTED) {
                    accepted.incrementAndGet();
                }
            });
            logger.start();
            loggers.add(logger);
        }
        for (Thread logger : loggers) {
            logger.join();
        }

        // The unused end of each full chunk counts as well.
        int full = most * line.length / CHUNK;
        int inTheLast = most * line.length % CHUNK / line.length;
        assertThat(accepted).hasValue(full * (CHUNK / line.length) + inTheLast);
        assertThat(queue.waitingBytes()).isEqualTo((long) full * CHUNK + (long) inTheLast * line.length);
    }
}
