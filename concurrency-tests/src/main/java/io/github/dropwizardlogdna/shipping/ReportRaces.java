package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Drops, and the batcher that reports them. */
final class ReportRaces {

    private ReportRaces() {}

    /** A drop that the batcher does not see wakes it, now or at a time that it has planned. */
    @JCStressTest
    @Outcome(id = "(planned|silent), reported", expect = ACCEPTABLE, desc = "the batcher saw the drop")
    @Outcome(id = "planned, unreported", expect = ACCEPTABLE, desc = "the batcher will step again by itself")
    @Outcome(id = "silent, unreported", expect = FORBIDDEN, desc = "the drop is never reported")
    @State
    public static class DropAgainstStep {
        private volatile boolean woken;
        private final Counters counters = new Counters(() -> 0);
        private final DropReporter report = new DropReporter(
                counters,
                AppendRaces.queue(1_000, () -> {}),
                new Silent(),
                text -> new byte[] {'n', ',', '\n'},
                () -> woken = true);

        /** Starts with a drop, so that the batcher is awake and the next drop need not wake it. */
        public DropAgainstStep() {
            counters.rejected(DropReason.RATE, 1);
            report.dropped();
            woken = false;
        }

        @Actor
        public void loggingThread() {
            counters.rejected(DropReason.FULL, 1);
            report.dropped();
        }

        @Actor
        public void batcher(LL_Result r) {
            r.r1 = report.step(0) == WakeSignal.FOREVER ? "silent" : "planned";
        }

        @Arbiter
        public void after(LL_Result r) {
            if (woken) {
                r.r1 = "planned";
            }
            r.r2 = report.isAllReported() ? "reported" : "unreported";
        }
    }

    /** Ignores all events. */
    static final class Silent implements ShippingObserver {

        @Override
        public void progress() {}

        @Override
        public void requestEnded(long nanos) {}

        @Override
        public void deliveryFailed(Verdict verdict, long heldLines, long retryInNanos) {}

        @Override
        public void deliveryRecovered(int failures, long nanos) {}

        @Override
        public void linesRefused(Verdict verdict, int lines) {}

        @Override
        public void linesDropped(Map<DropReason, Long> dropped) {}

        @Override
        public void spoolProblem(SpoolProblem problem, String where, String why) {}

        @Override
        public void internalError(String what, Throwable error) {}

        @Override
        public void shippingFailed(String what, Throwable cause, long heldLines) {}
    }
}
