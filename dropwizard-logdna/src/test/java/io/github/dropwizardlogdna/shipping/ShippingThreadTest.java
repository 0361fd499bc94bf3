package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ShippingThreadTest {

    @Test
    void isKnownToItself() throws Exception {
        List<Boolean> current = new ArrayList<>();
        Thread thread = ShippingThread.of("logdna-test", () -> current.add(ShippingThread.isCurrent()));
        thread.start();
        thread.join();

        assertThat(current).containsExactly(true);
        assertThat(ShippingThread.isCurrent()).isFalse();
        assertThat(thread.getName()).isEqualTo("logdna-test");
    }

    @Test
    void doesNotKeepTheProcessAlive() {
        assertThat(ShippingThread.of("logdna-test", () -> {}).isDaemon()).isTrue();
    }

    @Test
    void ignoresInterruptsAndSaysSoOnce() throws Exception {
        List<Boolean> seen = new ArrayList<>();
        Thread thread = ShippingThread.of("logdna-test", () -> {
            seen.add(ShippingThread.pollIgnoredInterrupt());
            Thread.currentThread().interrupt();
            seen.add(Thread.currentThread().isInterrupted());
            seen.add(ShippingThread.pollIgnoredInterrupt());
            Thread.currentThread().interrupt();
            seen.add(ShippingThread.pollIgnoredInterrupt());
        });
        thread.start();
        thread.join();

        assertThat(seen).containsExactly(false, false, true, false);
        assertThat(ShippingThread.pollIgnoredInterrupt()).isFalse();
    }

    @Test
    void reportsTheErrorThatEndsIt() throws Exception {
        AtomicReference<Throwable> died = new AtomicReference<>();
        Error error = new OutOfMemoryError("test");
        Thread thread = ShippingThread.Starter.REAL.start(
                "logdna-test",
                () -> {
                    throw error;
                },
                died::set);
        thread.join();

        assertThat(died.get()).isSameAs(error);
    }
}
