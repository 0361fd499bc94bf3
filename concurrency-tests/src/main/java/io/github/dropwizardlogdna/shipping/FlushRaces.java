package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two threads that want everything sent at once: a shutdown, and the admin task. */
final class FlushRaces {

    private FlushRaces() {}

    /** The end of one flush does not end the other. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "the line is sent at once")
    @Outcome(expect = FORBIDDEN, desc = "the flush that goes on was lost")
    @State
    public static class FlushAgainstFlush {
        private final Budget budget = AppendRaces.budget(1_000);
        private final LineQueue queue = AppendRaces.queue(budget, () -> {});
        private final BatchStore store = BatchStore.inMemory();
        private final Batcher batcher = batcher(budget, queue, store);

        @Actor
        public void shutdown() {
            batcher.flush(true);
        }

        @Actor
        public void task() {
            batcher.flush(true);
            batcher.flush(false);
        }

        @Arbiter
        public void after(I_Result r) {
            byte[] line = {'l', ',', '\n'};
            queue.append(line, line.length, 1, false);
            batcher.step(0);
            r.r1 = store.size();
        }

        private static Batcher batcher(Budget budget, LineQueue queue, BatchStore store) {
            Counters counters = new Counters(() -> 0);
            DropReporter losses = new DropReporter(
                    counters, queue, new ReportRaces.Silent(), text -> new byte[] {'n', ',', '\n'}, () -> {});
            return new Batcher(
                    new Pipeline(
                            queue,
                            store,
                            budget,
                            counters,
                            new LearnedLimits(false, 1_000, 1_000),
                            losses,
                            text -> new byte[0]),
                    new ShippingSettings(
                            new BufferLimits(100, 1_000, 0, 0),
                            false,
                            100,
                            Duration.ofSeconds(10),
                            false,
                            new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1)),
                            null),
                    () -> {});
        }
    }
}
