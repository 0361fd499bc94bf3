package io.github.dropwizardlogdna.shipping;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The batcher adds to the store in memory while the sender removes. */
final class StoreRaces {

    private StoreRaces() {}

    static Batch batch() {
        OpenBatch open = new OpenBatch(false, new java.io.ByteArrayOutputStream());
        byte[] line = {'l', ',', '\n'};
        open.add(line, 0, line.length, 1);
        return open.close(0, null);
    }

    @JCStressTest
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "the sender came first")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the batcher came first")
    @Outcome(expect = FORBIDDEN, desc = "a batch is lost, or there twice")
    @State
    public static class AddAgainstRemove {
        private final BatchStore store = BatchStore.inMemory();

        @Actor
        public void batcher() {
            store.add(batch());
        }

        @Actor
        public void sender(III_Result r) {
            if (store.claim(0) != null) {
                r.r1 = 1;
                store.remove(0);
            }
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = store.claim(0) == null ? 0 : 1;
            r.r3 = store.size();
        }
    }
}
