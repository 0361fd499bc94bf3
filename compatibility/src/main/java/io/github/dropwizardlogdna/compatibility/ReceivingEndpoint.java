package io.github.dropwizardlogdna.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * An https endpoint on the loopback interface that accepts every request and keeps it as it was sent. Not a LocalLogDna, which
 * has no TLS: that the client's TLS works is a part of what each combination has to show.
 */
final class ReceivingEndpoint implements AutoCloseable {
    /** A request as it arrived, its body uncompressed. */
    record Request(String query, String key, String body, List<JsonNode> lines) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    private final Lock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    /** Guarded by {@link #lock}. */
    private final List<Request> requests = new ArrayList<>();

    ReceivingEndpoint(Certificate certificate) throws IOException, GeneralSecurityException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.forServer()));
        server.setExecutor(threads);
        server.createContext("/logs/ingest", this::receive);
        server.start();
    }

    String url() {
        return "https://localhost:" + server.getAddress().getPort() + "/logs/ingest";
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean compressed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            InputStream raw = exchange.getRequestBody();
            try (InputStream in = compressed ? new GZIPInputStream(raw) : raw) {
                String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                List<JsonNode> lines = new ArrayList<>();
                JSON.readTree(body).get("lines").forEach(lines::add);
                keep(new Request(
                        String.valueOf(exchange.getRequestURI().getRawQuery()),
                        String.valueOf(exchange.getRequestHeaders().getFirst("apikey")),
                        body,
                        lines));
            }
            byte[] answer = "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private void keep(Request request) {
        lock.lock();
        try {
            requests.add(request);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<Request> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a line like this has arrived; false if none has within the time. */
    boolean await(Predicate<JsonNode> line, int seconds) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            while (requests.stream()
                    .flatMap(request -> request.lines().stream())
                    .noneMatch(line)) {
                if (left <= 0) {
                    return false;
                }
                left = arrived.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
