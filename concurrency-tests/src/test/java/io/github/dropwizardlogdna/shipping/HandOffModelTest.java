package io.github.dropwizardlogdna.shipping;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The {@link HandOff} behaves as a bounded queue of lines with one reader, whatever the interleaving. */
public class HandOffModelTest {

    private final HandOff queue = AppendRaces.queue(64, () -> {});

    @Operation
    public String append(boolean longLine) {
        byte[] line = line(longLine);
        return queue.append(line, line.length, 1, false).name();
    }

    @Operation(nonParallelGroup = "batcher")
    public String drain() {
        return AppendRaces.drain(queue);
    }

    @Operation
    public void close() {
        queue.close();
    }

    private static byte[] line(boolean longLine) {
        return ((longLine ? "long line, longer than another" : "short") + ",\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Test
    void isABoundedQueue() {
        new ModelCheckingOptions()
                .threads(3)
                .actorsPerThread(2)
                .iterations(30)
                .invocationsPerIteration(2_000)
                .sequentialSpecification(BoundedQueue.class)
                .check(HandOffModelTest.class);
    }

    /** What one thread would see. */
    public static class BoundedQueue {
        private final StringBuilder waiting = new StringBuilder();
        private boolean closed;

        public String append(boolean longLine) {
            if (closed) {
                return Admission.CLOSED.name();
            }
            String line = new String(line(longLine), java.nio.charset.StandardCharsets.US_ASCII);
            if (waiting.length() + line.length() > 64) {
                return Admission.FULL.name();
            }
            waiting.append(line);
            return Admission.ACCEPTED.name();
        }

        public String drain() {
            String drained = waiting.toString();
            waiting.setLength(0);
            return drained;
        }

        public void close() {
            closed = true;
        }
    }
}
