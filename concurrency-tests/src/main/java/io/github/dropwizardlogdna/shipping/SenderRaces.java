package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Several senders that share a store and an endpoint. */
final class SenderRaces {

    private SenderRaces() {}

    static Batch batch() {
        OpenBatch open = new OpenBatch(false, new ByteArrayOutputStream());
        byte[] line = {'l', ',', '\n'};
        open.add(line, 0, line.length, 1);
        return open.close(0, null);
    }

    /** Two senders and one batch. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE,
            desc = "one has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or none")
    @State
    public static class ClaimAgainstClaim {
        private final BatchStore store = BatchStore.inMemory();

        public ClaimAgainstClaim() {
            store.add(batch());
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = store.claim(0) == null ? 0 : 1;
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = store.claim(1) == null ? 0 : 1;
        }
    }

    /** A sender that goes to sleep, and the batcher that adds a batch. */
    @JCStressTest(Mode.Termination)
    @Outcome(id = "TERMINATED", expect = ACCEPTABLE)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "there is a batch, and the sender sleeps")
    @State
    public static class SleepAgainstAdd {
        private final BatchStore store = BatchStore.inMemory();
        private final SenderSignals signals = new SenderSignals(2);

        public SleepAgainstAdd() {
            signals.setBusy(0);
            signals.setBusy(1);
        }

        @Actor
        public void sender() {
            signals.of(0).belongsTo(Thread.currentThread());
            signals.setIdle(0);
            while (!store.hasBatchFor(0)) {
                signals.of(0).await(WakeSignal.FOREVER);
                signals.setIdle(0);
            }
        }

        @Signal
        public void batcher() {
            store.add(batch());
            signals.wakeIdle();
        }
    }

    /** Two senders after the pause that a failure has caused. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE,
            desc = "one of them tries")
    @Outcome(expect = FORBIDDEN, desc = "both try, or none")
    @State
    public static class TrialAgainstTrial {
        private static final long AFTER_THE_PAUSE = Duration.ofHours(1).toNanos();

        private final EndpointStatus endpoint = new EndpointStatus(
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(1)),
                new ClockAndJitter(() -> 0, () -> 0),
                new Counters(() -> 0),
                new ReportRaces.Silent(),
                2,
                sender -> {});

        public TrialAgainstTrial() {
            Verdict failure = new Verdict(
                    io.github.dropwizardlogdna.ingestion.Outcome.SERVER_ERROR, "503", Optional.empty(), List.of());
            endpoint.sending(0, 0);
            endpoint.requestEnded();
            endpoint.failed(0, failure, true, 0);
        }

        @Actor
        public void first(II_Result r) {
            r.r1 = endpoint.delay(0, AFTER_THE_PAUSE) == 0 ? 1 : 0;
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = endpoint.delay(1, AFTER_THE_PAUSE) == 0 ? 1 : 0;
        }
    }
}
