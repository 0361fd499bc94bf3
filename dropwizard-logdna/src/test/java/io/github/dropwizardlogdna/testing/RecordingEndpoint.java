package io.github.dropwizardlogdna.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/**
 * An ingestion endpoint that keeps what it is sent, and answers as it is told to. Any thread may ask it what came.
 *
 * <p>A request is recorded before it is answered: who was told that lines were taken finds them here. Answers have no
 * body, so that they leave in one packet, and no test waits for a delayed acknowledgement.
 */
public final class RecordingEndpoint implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(RecordingEndpoint::daemon);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    private volatile int[] statuses = {200};
    private volatile boolean repeats = true;
    private volatile boolean hangs;

    @Nullable
    private volatile String refused;

    private RecordingEndpoint(HttpServer server) {
        this.server = server;
    }

    /** An endpoint on a free port of this machine, which answers everything with 200. */
    public static RecordingEndpoint start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            RecordingEndpoint endpoint = new RecordingEndpoint(server);
            server.createContext("/", endpoint::handle);
            server.setExecutor(endpoint.threads);
            server.start();
            return endpoint;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers the first requests with these, and all that follow with 200. Before the first request. */
    public RecordingEndpoint answering(int... first) {
        statuses = first.clone();
        repeats = false;
        return this;
    }

    /** Answers with each of these in turn, over and over. Before the first request. */
    public RecordingEndpoint answeringInTurns(int... turns) {
        statuses = turns.clone();
        repeats = true;
        return this;
    }

    /** Answers 400 to each request that holds this text. Before the first request. */
    public RecordingEndpoint refusing(String text) {
        refused = text;
        return this;
    }

    /** Reads requests, and answers none before {@link #release}. Before the first request. */
    public RecordingEndpoint hanging() {
        hangs = true;
        return this;
    }

    /** Answers those that hang, and hangs no more. */
    public void release() {
        released.countDown();
    }

    /** Where to send lines. */
    public String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/logs/ingest";
    }

    /** The requests that were answered, in this order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** The lines of the requests that were answered with 200, in their order. */
    public List<JsonNode> lines() {
        List<JsonNode> lines = new ArrayList<>();
        for (Request request : requests) {
            if (request.status() == 200) {
                lines.addAll(request.lines());
            }
        }
        return lines;
    }

    /** The texts of these lines, as far as they were logged by one logger. */
    public List<String> textsOf(String logger) {
        return lines().stream()
                .filter(line -> line.path("meta").path("logger").asText().equals(logger))
                .map(line -> line.path("line").asText())
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = body(exchange);
            if (hangs) {
                released.await();
            }
            String bad = refused;
            int status = bad != null && body.contains(bad) ? 400 : nextStatus();
            requests.add(new Request(
                    exchange.getRequestURI().getRawQuery(), Map.copyOf(exchange.getRequestHeaders()), body, status));
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // this endpoint is being closed
        }
    }

    private int nextStatus() {
        int turn = answered.getAndIncrement();
        if (repeats) {
            return statuses[turn % statuses.length];
        }
        return turn < statuses.length ? statuses[turn] : 200;
    }

    private static String body(HttpExchange exchange) throws IOException {
        InputStream sent = exchange.getRequestBody();
        boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        byte[] bytes = gzip ? new GZIPInputStream(sent).readAllBytes() : sent.readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "recording-endpoint");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /**
     * What came, and what was answered.
     *
     * @param query as it was sent, percent-encoded
     * @param body uncompressed
     */
    public record Request(String query, Map<String, List<String>> headers, String body, int status) {

        /** The lines in the body, parsed. */
        public List<JsonNode> lines() {
            try {
                List<JsonNode> lines = new ArrayList<>();
                JSON.readTree(body).get("lines").forEach(lines::add);
                return lines;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
