package io.github.dropwizardlogdna.shipping;

import java.nio.charset.StandardCharsets;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The {@link LineQueue} behaves as a bounded queue of lines with one reader, in any interleaving. */
public class LineQueueModelTest {

    /** In lines: the unused end of a full chunk counts in bytes, and depends on the interleaving. */
    private static final int BOUND = 3;

    private static final String SHORT = "short,\n";
    private static final String LONG = "long line, longer than another,\n";

    private final LineQueue queue = new LineQueue(new Budget(new BufferLimits(BOUND, 10_000, 0, 0)), 40, () -> {});

    @Operation
    public String appendShort() {
        return append(SHORT);
    }

    @Operation
    public String appendLong() {
        return append(LONG);
    }

    private String append(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        return queue.append(bytes, bytes.length, 1, false).name();
    }

    @Operation(nonParallelGroup = "batcher")
    public String drain() {
        return AppendRaces.drain(queue);
    }

    @Operation
    public void close() {
        queue.close();
    }

    @Test
    void isABoundedQueue() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(30)
                .invocationsPerIteration(1_000)
                .sequentialSpecification(BoundedQueue.class)
                .check(LineQueueModelTest.class);
    }

    /** The same queue for a single thread. */
    public static class BoundedQueue {
        private final StringBuilder waiting = new StringBuilder();
        private int lines;
        private boolean closed;

        public String appendShort() {
            return append(SHORT);
        }

        public String appendLong() {
            return append(LONG);
        }

        private String append(String line) {
            if (closed) {
                return AppendResult.CLOSED.name();
            }
            if (lines == BOUND) {
                return AppendResult.FULL.name();
            }
            lines++;
            waiting.append(line);
            return AppendResult.ACCEPTED.name();
        }

        public String drain() {
            String drained = waiting.toString();
            waiting.setLength(0);
            lines = 0;
            return drained;
        }

        public void close() {
            closed = true;
        }
    }
}
