package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveryTest {

    private final Fixture fixture = new Fixture();
    private final Pipeline pipeline = new Pipeline(
            fixture.queue,
            fixture.store,
            fixture.budget,
            fixture.counters,
            fixture.learned,
            fixture.losses,
            Fixture.FORM);
    private final Batch batch = TestLines.batch("a", "b", "c", "d");

    private Delivery of(boolean loaded, boolean recovered) {
        return new Delivery(new BatchStore.Stored(batch, loaded, recovered), false, pipeline);
    }

    private long held() {
        return fixture.budget.downstream();
    }

    private ShippingCounts counts() {
        return fixture.counters.snapshot(0, 0, 0);
    }

    @Test
    void aBatchThatWasLoadedTakesMemoryWhileItIsDelivered() {
        Delivery delivery = of(true, false);
        assertThat(held()).isEqualTo(batch.held());

        delivery.division().first(1, true, false);
        delivery.holdDivision();
        delivery.holdDivision();
        assertThat(held()).isEqualTo((long) batch.held() + BatchLines.of(batch).held());

        delivery.release(0);
        assertThat(held()).isZero();
    }

    @Test
    void aBatchInMemoryIsCountedAlready() {
        fixture.budget.hold(batch.held());
        Delivery delivery = of(false, false);
        assertThat(held()).isEqualTo(batch.held());

        delivery.release(batch.held());

        assertThat(held()).isZero();
    }

    @Test
    void countsEachLineOnce() {
        Delivery delivery = of(false, false);
        assertThat(delivery.since()).isEqualTo(batch.since());
        assertThat(delivery.isRecovered()).isFalse();

        delivery.taken(new int[] {0, 1}, 10);
        assertThat(delivery.settledLines()).isEqualTo(2);
        delivery.drop(new int[] {2}, DropReason.REFUSED);
        assertThat(delivery.settledLines()).isEqualTo(3);
        assertThat(delivery.isSettled()).isFalse();
        delivery.dropRest();

        assertThat(delivery.settledLines()).isEqualTo(4);
        assertThat(counts().delivered()).isEqualTo(2);
        assertThat(counts().dropped(DropReason.REFUSED)).isEqualTo(1);
        assertThat(counts().dropped(DropReason.FAILED)).isEqualTo(1);
        assertThat(counts().recovered()).isZero();
    }

    @Test
    void linesOfAnEarlierProcessAreNotThoseOfThisOne() {
        Delivery delivery = of(true, true);
        assertThat(delivery.isRecovered()).isTrue();

        delivery.taken(new int[] {0, 1, 2}, 10);
        delivery.dropRest();

        assertThat(delivery.settledLines()).isZero();
        assertThat(counts().recovered()).isEqualTo(3);
        assertThat(counts().delivered()).isZero();
        assertThat(counts().dropped(DropReason.FAILED)).isEqualTo(1);
        assertThat(counts().heldLines()).as("none of them was held").isZero();
    }
}
