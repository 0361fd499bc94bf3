package io.github.dropwizardlogdna.shipping;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The store in memory gives each batch to one of two senders, oldest first, in any interleaving. */
public class BatchStoreModelTest {

    private static final long NONE = -1;

    private final BatchStore store = BatchStore.inMemory();
    private long added;

    @Operation(nonParallelGroup = "batcher")
    public void add() {
        OpenBatch open = new OpenBatch(false, new ByteArrayOutputStream());
        byte[] line = {'l', ',', '\n'};
        open.add(line, 0, line.length, 1);
        store.add(open.close(0, null).at(added++));
    }

    @Operation(nonParallelGroup = "first")
    public long claimForTheFirst() {
        return claim(0);
    }

    @Operation(nonParallelGroup = "second")
    public long claimForTheSecond() {
        return claim(1);
    }

    private long claim(int sender) {
        BatchStore.Stored claimed = store.claim(sender);
        return claimed == null ? NONE : claimed.batch().linesBefore();
    }

    @Operation(nonParallelGroup = "first")
    public boolean removeForTheFirst() {
        return store.remove(0) > 0;
    }

    @Operation(nonParallelGroup = "second")
    public boolean removeForTheSecond() {
        return store.remove(1) > 0;
    }

    @Operation
    public int size() {
        return store.size();
    }

    @Test
    void givesEachBatchToOneSender() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .iterations(30)
                .invocationsPerIteration(500)
                .sequentialSpecification(SequentialStore.class)
                .check(BatchStoreModelTest.class);
    }

    /** The same store for a single thread. A batch is its number. */
    public static class SequentialStore {
        private final ArrayDeque<Long> waiting = new ArrayDeque<>();
        private final Map<Integer, Long> claimed = new HashMap<>();
        private long added;

        public void add() {
            waiting.add(added++);
        }

        public long claimForTheFirst() {
            return claim(0);
        }

        public long claimForTheSecond() {
            return claim(1);
        }

        private long claim(int sender) {
            if (!claimed.containsKey(sender) && !waiting.isEmpty()) {
                claimed.put(sender, waiting.remove());
            }
            return claimed.getOrDefault(sender, NONE);
        }

        public boolean removeForTheFirst() {
            return claimed.remove(0) != null;
        }

        public boolean removeForTheSecond() {
            return claimed.remove(1) != null;
        }

        public int size() {
            return waiting.size() + claimed.size();
        }
    }
}
