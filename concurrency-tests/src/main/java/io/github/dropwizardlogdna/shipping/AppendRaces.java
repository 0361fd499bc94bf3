package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.nio.charset.StandardCharsets;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Logging threads, the batcher and a shutdown at the {@link LineQueue}. */
final class AppendRaces {

    private AppendRaces() {}

    private static final byte[] A = line('a');
    private static final byte[] B = line('b');

    private static byte[] line(char c) {
        return (String.valueOf(c).repeat(14) + ",\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Two lines fit into a chunk of this size, a third does not. */
    private static final int CHUNK = 40;

    static LineQueue queue(long maxBytes, Runnable wake) {
        return queue(budget(maxBytes), wake);
    }

    static LineQueue queue(Budget budget, Runnable wake) {
        return new LineQueue(budget, CHUNK, wake);
    }

    static Budget budget(long maxBytes) {
        return new Budget(new BufferLimits(100, maxBytes, 0, 0));
    }

    /** All lines that the batcher still reads, as text. */
    static String drain(LineQueue queue) {
        StringBuilder text = new StringBuilder();
        for (Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
            text.append(new String(chunk.bytes, chunk.read, chunk.unreadBytes(), StandardCharsets.US_ASCII));
            queue.skip(chunk);
        }
        return text.toString();
    }

    private static String shape(String drained) {
        return drained.replace(text(A), "A").replace(text(B), "B");
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.US_ASCII);
    }

    /** Either the batcher sees the line and does not sleep, or the logging thread wakes it. */
    @JCStressTest
    @Outcome(id = "awake, .*", expect = ACCEPTABLE, desc = "the batcher saw the line")
    @Outcome(id = "asleep, raised", expect = ACCEPTABLE, desc = "the logging thread woke the batcher")
    @Outcome(id = "asleep, silent", expect = FORBIDDEN, desc = "a line waits, and no thread wakes the batcher")
    @State
    public static class AppendAgainstWakeAt {
        private volatile boolean raised;
        private final LineQueue queue = queue(1_000, () -> raised = true);

        @Actor
        public void loggingThread() {
            queue.append(A, A.length, 1, false);
        }

        @Actor
        public void batcher(LL_Result r) {
            r.r1 = queue.wakeAt(1) ? "asleep" : "awake";
        }

        @Arbiter
        public void after(LL_Result r) {
            r.r2 = raised ? "raised" : "silent";
        }
    }

    /** A line is accepted before the shutdown, and read and counted after it; or it is refused. */
    @JCStressTest
    @Outcome(id = "ACCEPTED, A, 1", expect = ACCEPTABLE, desc = "before the shutdown")
    @Outcome(id = "CLOSED, , 0", expect = ACCEPTABLE, desc = "after it")
    @Outcome(expect = FORBIDDEN, desc = "accepted and lost, or refused and kept")
    @State
    public static class AppendAgainstClose {
        private final LineQueue queue = queue(1_000, () -> {});

        @Actor
        public void loggingThread(LLL_Result r) {
            r.r1 = queue.append(A, A.length, 1, false);
        }

        @Actor
        public void shutdown() {
            queue.close();
        }

        @Arbiter
        public void after(LLL_Result r) {
            r.r2 = shape(drain(queue));
            r.r3 = queue.totalLines();
        }
    }

    /** The batcher reads while a thread appends: the whole line, and once. */
    @JCStressTest
    @Outcome(id = "ACCEPTED, A", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "a line is lost, torn, or there twice")
    @State
    public static class AppendAgainstPoll {
        private final LineQueue queue = queue(1_000, () -> {});
        private final StringBuilder read = new StringBuilder();

        @Actor
        public void loggingThread(LL_Result r) {
            r.r1 = queue.append(A, A.length, 1, false);
        }

        @Actor
        public void batcher() {
            read.append(drain(queue));
        }

        @Arbiter
        public void after(LL_Result r) {
            read.append(drain(queue));
            r.r2 = shape(read.toString());
        }
    }

    /** A shutdown that empties the queue while a line arrives: delivered or refused, never kept. */
    @JCStressTest
    @Outcome(id = "ACCEPTED, A", expect = ACCEPTABLE)
    @Outcome(id = "CLOSED, ", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "accepted and lost, or refused and kept")
    @State
    public static class AppendAgainstCloseAndPoll {
        private final LineQueue queue = queue(1_000, () -> {});
        private final StringBuilder read = new StringBuilder();

        @Actor
        public void loggingThread(LL_Result r) {
            r.r1 = queue.append(A, A.length, 1, false);
        }

        @Actor
        public void batcher() {
            read.append(drain(queue));
            queue.close();
        }

        @Arbiter
        public void after(LL_Result r) {
            r.r2 = shape(read + drain(queue));
        }
    }

    /** One of two lines fits: never both, never neither. */
    @JCStressTest
    @Outcome(id = "ACCEPTED, FULL, A", expect = ACCEPTABLE)
    @Outcome(id = "FULL, ACCEPTED, B", expect = ACCEPTABLE)
    @Outcome(expect = FORBIDDEN, desc = "the bound does not hold")
    @State
    public static class AppendsAgainstTheBound {
        private final LineQueue queue = queue(A.length + 1, () -> {});

        @Actor
        public void oneLoggingThread(LLL_Result r) {
            r.r1 = queue.append(A, A.length, 1, false);
        }

        @Actor
        public void another(LLL_Result r) {
            r.r2 = queue.append(B, B.length, 1, false);
        }

        @Arbiter
        public void after(LLL_Result r) {
            r.r3 = shape(drain(queue));
        }
    }
}
