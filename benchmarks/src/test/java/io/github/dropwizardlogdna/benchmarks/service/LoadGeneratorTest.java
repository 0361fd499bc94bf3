package io.github.dropwizardlogdna.benchmarks.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private final AtomicInteger answered = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile int status = 200;
    /** How long the tenth answer takes. */
    private volatile long stallMillis;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (answered.incrementAndGet() == 10) {
                LockSupport.parkNanos(stallMillis * 1_000_000);
            }
            exchange.sendResponseHeaders(status, 2);
            exchange.getResponseBody().write(new byte[] {'{', '}'});
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void sendsAtTheWantedRate() throws Exception {
        try (LoadProcess load = new LoadProcess(1)) {
            LoadResult result = load.rate(server.getAddress().getPort(), 200, 1);

            assertThat(result.requests()).isEqualTo(200);
            assertThat(result.failed()).isZero();
        }
    }

    /** With one connection a stall of half a second delays some fifty requests that were due meanwhile. */
    @Test
    void aStallCountsForEachRequestThatWasDueMeanwhile() throws Exception {
        stallMillis = 500;
        try (LoadProcess load = new LoadProcess(1)) {
            LoadResult result = load.rate(server.getAddress().getPort(), 400, 1);

            assertThat(result.requests()).isEqualTo(400);
            assertThat(result.p99()).isGreaterThan(300_000_000);
        }
    }

    @Test
    void countsFailedRequests() throws Exception {
        status = 503;
        try (LoadProcess load = new LoadProcess(1)) {
            LoadResult result = load.full(server.getAddress().getPort(), 1);

            assertThat(result.requests()).isZero();
            assertThat(result.failed()).isPositive();
        }
    }
}
