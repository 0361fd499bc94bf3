package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/** A pipeline whose steps the test calls itself, with its own clock: no threads, no sleeping. */
final class Fixture {

    static final long FLUSH = Duration.ofSeconds(1).toNanos();
    static final RetryPolicy RETRY = new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(30));

    long now = 1_000_000;
    int senderWakeUps;

    final RecordingObserver observer = new RecordingObserver();
    final ScriptedClient endpoint = new ScriptedClient();
    final Budget budget;
    final LineQueue queue;
    final Counters counters;
    final BatchStore store;
    final LearnedLimits learned;
    final DropReporter losses;
    final Batcher batcher;
    final EndpointStatus status;
    final Sender sender;

    Fixture() {
        this(64 * 1024, true);
    }

    Fixture(int batchSize, boolean gzip) {
        this(batchSize, gzip, new BufferLimits(65_536, 32 << 20, 0, 0));
    }

    /** Marks late lines, those of 100 days and more, with a plus sign. */
    static final LineForm FORM = new LineForm() {
        @Override
        public byte[] encode(String text) {
            return ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public long lateAge() {
            return Duration.ofDays(100).toNanos();
        }

        @Override
        public byte[] withTimes(byte[] bytes, int from, int to) {
            return new String(bytes, from, to - from, StandardCharsets.UTF_8)
                    .replaceAll("(?m)^\"", "\"+")
                    .getBytes(StandardCharsets.UTF_8);
        }
    };

    Fixture(int batchSize, boolean gzip, BufferLimits limits) {
        this(batchSize, batchSize, gzip, limits);
    }

    Fixture(int batchSize, int largestBatch, boolean gzip, BufferLimits limits) {
        this(batchSize, largestBatch, gzip, limits, null, SpoolDirectory::open);
    }

    /** A pipeline whose batcher waits only for this time, in nanoseconds, for the end of an append. */
    static Fixture withCommitTimeout(long nanos) {
        return new Fixture(
                64 * 1024,
                64 * 1024,
                true,
                new BufferLimits(65_536, 32 << 20, 0, 0),
                null,
                SpoolDirectory::open,
                (budget, chunkSize) -> new LineQueue(budget, chunkSize, () -> {}, nanos));
    }

    Fixture(
            int batchSize,
            int largestBatch,
            boolean gzip,
            BufferLimits limits,
            @Nullable SpoolSettings spool,
            SpoolDirectory.Opener disk) {
        this(
                batchSize,
                largestBatch,
                gzip,
                limits,
                spool,
                disk,
                (budget, size) -> new LineQueue(budget, size, () -> {}));
    }

    private Fixture(
            int batchSize,
            int largestBatch,
            boolean gzip,
            BufferLimits limits,
            @Nullable SpoolSettings spool,
            SpoolDirectory.Opener disk,
            BiFunction<Budget, Integer, LineQueue> queues) {
        ShippingSettings settings = new ShippingSettings(
                limits, false, batchSize, largestBatch, Duration.ofNanos(FLUSH), gzip, RETRY, 1, spool);
        budget = Budget.of(settings);
        queue = queues.apply(budget, 1024);
        counters = new Counters(queue::totalLines);
        store = spool == null
                ? BatchStore.inMemory()
                : new DirectoryBatchStore(spool, batchSize, observer, counters, budget, () -> now, () -> {}, disk);
        learned = new LearnedLimits(gzip, batchSize, largestBatch);
        losses = new DropReporter(counters, queue, observer, FORM, () -> {});
        Pipeline pipeline = new Pipeline(queue, store, budget, counters, learned, losses, FORM);
        batcher = new Batcher(pipeline, settings, () -> senderWakeUps++);
        ClockAndJitter clock = new ClockAndJitter(() -> now, new Random(1));
        status = new EndpointStatus(RETRY, clock, counters, observer, 1, sender -> {});
        sender = new Sender(0, pipeline, status, new SenderSignals(1), endpoint, observer, () -> now);
    }

    AppendResult log(String text) {
        byte[] line = TestLines.line(text);
        AppendResult admission = queue.append(line, line.length, 1, false);
        if (admission == AppendResult.FULL) {
            counters.rejected(DropReason.FULL, 1);
        }
        return admission;
    }

    void logAll(List<String> lines) {
        lines.forEach(this::log);
    }

    static List<String> numbered(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add("line " + i);
        }
        return lines;
    }

    /** One batch of these lines, in the store. */
    void store(List<String> lines) {
        logAll(lines);
        batcher.flush(true);
        batcher.step(now);
        batcher.flush(false);
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    /** Steps the sender until it has nothing to do, and advances the clock by its waits. */
    void deliverAll() {
        for (int i = 0; i < 1_000; i++) {
            long wait = sender.step(now);
            if (wait == WakeSignal.FOREVER) {
                return;
            }
            now += wait;
        }
        throw new AssertionError("the sender does not come to an end");
    }

    List<List<String>> batches() {
        List<List<String>> batches = new ArrayList<>();
        for (BatchStore.Stored head = store.claim(0); head != null; head = store.claim(0)) {
            batches.add(TestLines.in(head.batch()));
            store.remove(0);
        }
        return batches;
    }

    long accepted() {
        return queue.totalLines();
    }
}
