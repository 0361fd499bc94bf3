package io.github.dropwizardlogdna.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResolverTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(10);

    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger lookups = new AtomicInteger();
    private final AtomicInteger onOwnThread = new AtomicInteger();
    private final Attempt attempt = new Attempt(Watchdog.SHARED);
    private final Resolver resolver = new Resolver(host -> {
        lookups.incrementAndGet();
        onOwnThread.addAndGet(ClientThread.isCurrent() ? 1 : 0);
        try {
            answered.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new InetAddress[] {InetAddress.getLoopbackAddress()};
    });

    @AfterEach
    void letGo() {
        answered.countDown();
    }

    @Test
    void aHangingLookUpTimesOutAndIsNotRepeated() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> resolver.resolve("logs.example", SHORT, attempt))
                    .hasMessage("the look-up of logs.example took longer than 50 ms");
        }
        await().until(() -> onOwnThread.get() == 1); // its thread may not have run yet
        assertThat(lookups).hasValue(1);

        answered.countDown();

        assertThat(resolver.resolve("logs.example", LONG, attempt)).containsExactly(InetAddress.getLoopbackAddress());
        assertThat(lookups).hasValue(1);
        assertThat(resolver.resolve("logs.example", LONG, attempt)).hasSize(1);
        assertThat(lookups).hasValue(2);
    }

    @Test
    void aHangingLookUpIsAborted() {
        CompletableFuture<Void> cutter = CompletableFuture.runAsync(() -> {
            await().until(() -> lookups.get() == 1);
            attempt.cutOff("cut off");
        });

        assertThatThrownBy(() -> resolver.resolve("logs.example", LONG, attempt))
                .hasMessage("cut off");
        cutter.join();
    }

    @Test
    void anInterruptDoesNotEndALookUpAndItsFlagIsKept() throws IOException {
        CompletableFuture<Void> answer = CompletableFuture.runAsync(() -> {
            await().until(() -> lookups.get() == 1);
            answered.countDown();
        });
        Thread.currentThread().interrupt();

        assertThat(resolver.resolve("logs.example", LONG, attempt)).hasSize(1);

        assertThat(Thread.interrupted()).isTrue();
        answer.join();
    }

    @Test
    void anAddressIsNotLookedUp() throws IOException {
        assertThat(resolver.resolve("192.0.2.1", LONG, attempt))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("192.0.2.1");
        assertThat(resolver.resolve("::1", LONG, attempt)).hasSize(1);
        assertThat(lookups).hasValue(0);
    }

    @Test
    void aFailedLookUpIsRepeated() {
        AtomicInteger failed = new AtomicInteger();
        Resolver failing = new Resolver(host -> {
            failed.incrementAndGet();
            throw new UnknownHostException("in other words");
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> failing.resolve("logs.example", LONG, attempt))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("logs.example");
        }
        assertThat(failed).hasValue(2);
    }
}
