package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Shippers whose threads fail, for tests of the classes around them. */
public final class FailingShippers {

    private FailingShippers() {}

    /** A shipper that can start no threads. */
    public static Shipper withoutThreads(IngestionClient client, ShippingObserver observer) {
        return shipper(client, observer, (name, loop, died) -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
    }

    /** A shipper whose threads do nothing, and die once {@code death} is counted down. */
    public static Shipper dyingAt(CountDownLatch death, IngestionClient client, ShippingObserver observer) {
        return shipper(client, observer, (name, loop, died) -> {
            Runnable deadly = () -> {
                try {
                    death.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new StackOverflowError();
            };
            return ShippingThread.Starter.REAL.start(name, deadly, died);
        });
    }

    private static Shipper shipper(IngestionClient client, ShippingObserver observer, ShippingThread.Starter threads) {
        ShippingSettings settings = new ShippingSettings(
                new BufferLimits(8_192, 1 << 20, 0, 0),
                true,
                64 * 1024,
                Duration.ofMillis(10),
                true,
                new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5)),
                null);
        return new Shipper(
                "test",
                settings,
                () -> client,
                text -> ("\"" + text + "\",\n").getBytes(StandardCharsets.UTF_8),
                List.of(observer),
                ClockAndJitter.real(),
                threads);
    }
}
