package io.github.dropwizardlogdna.shipping;

import java.nio.charset.StandardCharsets;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The {@link HandOff} behaves as a bounded queue of lines with one reader, whatever the interleaving. */
public class HandOffModelTest {

    /** In lines: the bytes that a chunk leaves over when it is full count, too, and depend on the interleaving. */
    private static final int BOUND = 3;

    private static final String SHORT = "short,\n";
    private static final String LONG = "long line, longer than another,\n";

    private final HandOff queue = new HandOff(new BufferLimits(BOUND, 10_000, 0, 0), 40, () -> 0, () -> {});

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
                .check(HandOffModelTest.class);
    }

    /** What one thread would see. */
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
                return Admission.CLOSED.name();
            }
            if (lines == BOUND) {
                return Admission.FULL.name();
            }
            lines++;
            waiting.append(line);
            return Admission.ACCEPTED.name();
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
