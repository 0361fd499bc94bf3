package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FatalErrorTest {

    private final FatalError failure = new FatalError();

    @Test
    void happensOnce() {
        assertThat(failure.hasHappened()).isFalse();

        assertThat(failure.happen()).isTrue();
        assertThat(failure.happen()).isFalse();

        assertThat(failure.hasHappened()).isTrue();
    }

    @Test
    void isShownBeforeItCanBeDescribed() {
        long before = System.nanoTime();
        failure.happen();

        assertThat(failure.state().kind()).isEqualTo(DeliveryState.Kind.FAILED);
        assertThat(failure.state().reason()).isEqualTo("of an error in the shipper");
        assertThat(failure.state().since() - before).isNotNegative();

        failure.describe("its sender died", new OutOfMemoryError("with a message"));

        assertThat(failure.state().reason()).isEqualTo("its sender died: OutOfMemoryError");
        assertThat(failure.state().since() - before).isNotNegative();
    }
}
