package io.github.dropwizardlogdna.shipping;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A pipeline whose steps the test makes itself, at times of its own: no threads, no sleeping. */
final class Fixture {

    static final long FLUSH = Duration.ofSeconds(1).toNanos();
    static final RetryPolicy RETRY = new RetryPolicy(Duration.ofMillis(500), Duration.ofSeconds(30));

    long now = 1_000_000;
    int senderWakeUps;

    final RecordingObserver observer = new RecordingObserver();
    final FakeEndpoint endpoint = new FakeEndpoint();
    final Ledger ledger = new Ledger();
    final HandOff handOff;
    final BatchStore store = BatchStore.inMemory();
    final LearnedLimits learned;
    final LossReport losses;
    final Batcher batcher;
    final Sender sender;

    Fixture() {
        this(64 * 1024, true);
    }

    Fixture(int batchSize, boolean gzip) {
        this(batchSize, gzip, new BufferLimits(65_536, 32 << 20, 0, 0));
    }

    Fixture(int batchSize, boolean gzip, BufferLimits limits) {
        handOff = new HandOff(limits, 1024, ledger::bytesDownstream, () -> {});
        learned = new LearnedLimits(gzip);
        losses = new LossReport(
                ledger, handOff, observer, text -> ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8), () -> {});
        Pipeline pipeline = new Pipeline(handOff, store, ledger, learned, losses);
        ShippingSettings settings =
                new ShippingSettings(limits, false, batchSize, Duration.ofNanos(FLUSH), gzip, RETRY, null);
        batcher = new Batcher(pipeline, settings, () -> senderWakeUps++);
        sender = new Sender(pipeline, endpoint, RETRY, observer, new TimeAndChance(() -> now, new Random(1)));
    }

    Admission log(String text) {
        byte[] line = TestLines.line(text);
        Admission admission = handOff.append(line, line.length, 1, false);
        if (admission == Admission.FULL) {
            ledger.turnedAway(DropReason.FULL, 1);
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

    /** Steps of the sender until it has nothing to do, letting the time pass that it waits. */
    void deliverAll() {
        for (int i = 0; i < 1_000; i++) {
            long wait = sender.step(now);
            if (wait == Signal.FOREVER) {
                return;
            }
            now += wait;
        }
        throw new AssertionError("the sender goes on and on");
    }

    List<List<String>> batches() {
        List<List<String>> batches = new ArrayList<>();
        for (BatchStore.Stored head = store.head(); head != null; head = store.head()) {
            batches.add(TestLines.in(head.batch()));
            store.removeHead();
        }
        return batches;
    }

    long accepted() {
        return handOff.totalLines();
    }
}
