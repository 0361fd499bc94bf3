package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.TestLines.batch;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBatchStoreTest {

    private static final long PATIENCE = 1;

    private final BatchStore store = BatchStore.inMemory();

    private List<String> claim(int sender) {
        BatchStore.Stored claimed = store.claim(sender);
        return claimed == null ? List.of() : TestLines.in(claimed.batch());
    }

    @Test
    void givesEachSenderTheOldestBatchThatIsLeft() {
        store.add(batch("a"));
        store.add(batch("b"));
        store.add(batch("c"));

        assertThat(claim(5)).containsExactly("a");
        assertThat(claim(0)).containsExactly("b");
        assertThat(claim(5)).as("its claim").containsExactly("a");
        assertThat(claim(7)).containsExactly("c");
        assertThat(claim(1)).isEmpty();
        assertThat(store.hasBatchFor(7)).isTrue();
        assertThat(store.hasBatchFor(1)).isFalse();
        assertThat(store.size()).isEqualTo(3);
    }

    @Test
    void removesOnlyTheClaimOfTheSender() {
        Batch first = batch("a");
        store.add(first);
        store.add(batch("b"));
        store.add(batch("c"));
        claim(0);
        claim(1);

        assertThat(store.remove(0)).isEqualTo(first.held());
        assertThat(store.remove(0)).as("nothing is claimed").isZero();

        assertThat(store.size()).isEqualTo(2);
        assertThat(claim(1)).containsExactly("b");
        assertThat(claim(0)).containsExactly("c");
    }

    @Test
    void countsTheLinesBeforeTheOldestBatchWhetherItIsClaimedOrNot() {
        assertThat(store.linesBefore()).isEqualTo(Long.MAX_VALUE);
        store.add(batch("a", "b").at(10));
        store.add(batch("c").at(12));
        store.add(batch("d").at(13));
        assertThat(store.linesBefore()).isEqualTo(10);

        claim(0);
        claim(1);
        assertThat(store.linesBefore()).isEqualTo(10);
        store.remove(1);
        assertThat(store.linesBefore()).isEqualTo(10);
        store.remove(0);
        assertThat(store.linesBefore()).isEqualTo(13);
    }

    @Test
    void isEmptyOnceItIsClosed() {
        store.add(batch("a"));
        store.add(batch("b"));
        claim(0);

        assertThat(store.close(PATIENCE)).isZero();

        assertThat(store.size()).isZero();
        assertThat(store.hasBatchFor(0)).isFalse();
        assertThat(store.remove(0)).isZero();
    }
}
