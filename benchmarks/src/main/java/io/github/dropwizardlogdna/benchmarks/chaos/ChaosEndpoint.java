package io.github.dropwizardlogdna.benchmarks.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The ingestion endpoint behind nginx. It accepts lines or misbehaves. A pool of threads serves the requests.
 *
 * <p>{@code LocalLogDna} does not fit: it needs JUnit, keeps all lines, and accepts no line of a request that it leaves
 * unanswered. This endpoint only counts lines, and its faults depend on size and encoding of a body and on each line.
 */
final class ChaosEndpoint implements AutoCloseable {

    /** The response to requests. */
    enum Behaviour {
        /** Accepts them. */
        ACCEPT,
        /** Answers 500, 502 or 503. */
        SERVER_ERROR,
        /** Answers 429, with {@code Retry-After: 1}. */
        TOO_MANY,
        /** Answers 401. */
        KEY_REFUSED,
        /** Answers 400 to a body that holds a suspicious line. */
        MALFORMED_LINE,
        /** Answers 500 to a body that holds a suspicious line. */
        FIREWALL_500,
        /** Answers 403 to a body that holds a suspicious line. */
        FIREWALL_403,
        /** Answers 207: 400 or 418 for suspicious lines, 503 for every fifth of the others. */
        MULTI_STATUS,
        /** Answers 413 to bodies of more than 4 KB. */
        SMALL_BODIES,
        /** Answers 413 to everything. */
        NO_BODIES,
        /** Answers 415 to gzip. */
        NO_GZIP,
        /** Responds 300 ms later. */
        SLOW,
        /** Accepts the lines, and responds after the timeout of the client. */
        HANG,
        /** Accepts the lines, and closes the connection without a response. */
        RESET
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NOTICE = Pattern.compile("(\\d+) lines? (?:is|are) missing before this one");
    private static final int SMALL_BODY = 4_000;

    private final DeliveryLedger ledger;
    private final long clientTimeout;
    private final Random random;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "chaos-endpoint");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Behaviour behaviour = Behaviour.ACCEPT;

    ChaosEndpoint(DeliveryLedger ledger, long clientTimeout, long seed) throws IOException {
        this.ledger = ledger;
        this.clientTimeout = clientTimeout;
        this.random = new Random(seed);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void behave(Behaviour wanted) {
        behaviour = wanted;
    }

    private void answer(HttpExchange exchange) throws IOException {
        DeliveryLedger.Request request = ledger.arrived(System.nanoTime());
        try (exchange) {
            boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            byte[] body = exchange.getRequestBody().readAllBytes();
            List<Optional<LineId>> all = linesOf(body, gzip);
            List<LineId> lines = all.stream().flatMap(Optional::stream).toList();
            boolean suspicious = lines.stream().anyMatch(LineId::isSuspicious);
            switch (behaviour) {
                case ACCEPT -> accept(exchange, lines, request);
                case SERVER_ERROR ->
                    refuse(exchange, lines, List.of(500, 502, 503).get(random.nextInt(3)));
                case TOO_MANY -> {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                    status(exchange, 429);
                }
                case KEY_REFUSED -> refuse(exchange, lines, 401);
                case MALFORMED_LINE -> acceptUnless(suspicious, exchange, lines, request, 400);
                case FIREWALL_500 -> acceptUnless(suspicious, exchange, lines, request, 500);
                case FIREWALL_403 -> acceptUnless(suspicious, exchange, lines, request, 403);
                case MULTI_STATUS -> multiStatus(exchange, all, request);
                case SMALL_BODIES -> {
                    if (body.length > SMALL_BODY) {
                        refuse(exchange, lines, 413);
                    } else {
                        accept(exchange, lines, request);
                    }
                }
                case NO_BODIES -> refuse(exchange, lines, 413);
                case NO_GZIP -> {
                    if (gzip) {
                        status(exchange, 415);
                    } else {
                        accept(exchange, lines, request);
                    }
                }
                case SLOW -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
                    accept(exchange, lines, request);
                }
                case HANG -> {
                    ledger.accepted(lines, request, System.nanoTime());
                    LockSupport.parkNanos(clientTimeout + TimeUnit.SECONDS.toNanos(1));
                }
                case RESET -> {
                    ledger.unanswered(request);
                    ledger.accepted(lines, request, System.nanoTime());
                }
            }
        } catch (IOException e) {
            ledger.unanswered(request);
            throw e;
        }
    }

    private void accept(HttpExchange exchange, List<LineId> lines, DeliveryLedger.Request request) throws IOException {
        ledger.accepted(lines, request, System.nanoTime());
        status(exchange, 200);
        ledger.answered(request, System.nanoTime());
    }

    private void acceptUnless(
            boolean suspicious, HttpExchange exchange, List<LineId> lines, DeliveryLedger.Request request, int status)
            throws IOException {
        if (suspicious) {
            lines.stream().filter(LineId::isSuspicious).forEach(ledger::refused);
            refuse(exchange, lines, status);
        } else {
            accept(exchange, lines, request);
        }
    }

    /** Takes nothing. A line that fails alone may come after its neighbours, if it is taken in the end. */
    private void refuse(HttpExchange exchange, List<LineId> lines, int status) throws IOException {
        if (lines.size() == 1) {
            ledger.deferred(lines.get(0));
        }
        status(exchange, status);
    }

    private void multiStatus(HttpExchange exchange, List<Optional<LineId>> lines, DeliveryLedger.Request request)
            throws IOException {
        List<Integer> codes = new ArrayList<>();
        List<LineId> accepted = new ArrayList<>();
        for (Optional<LineId> each : lines) {
            LineId line = each.orElse(null);
            if (line == null) {
                codes.add(200);
            } else if (line.isSuspicious()) {
                ledger.refused(line);
                codes.add(line.sequence() % 2 == 0 ? 400 : 418);
            } else if (random.nextInt(5) == 0) {
                ledger.deferred(line);
                codes.add(503);
            } else {
                accepted.add(line);
                codes.add(200);
            }
        }
        ledger.accepted(accepted, request, System.nanoTime());
        write(exchange, 207, JSON.writeValueAsString(Map.of("status", codes)));
        ledger.answered(request, System.nanoTime());
    }

    private static void status(HttpExchange exchange, int status) throws IOException {
        write(exchange, status, String.format(Locale.ROOT, "{\"status\":%d}", status));
    }

    private static void write(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream body = exchange.getResponseBody()) { // sends the bytes when it is closed
            body.write(bytes);
        }
    }

    /** The id of each line of the body; empty for a line of the library itself. */
    private List<Optional<LineId>> linesOf(byte[] body, boolean gzip) throws IOException {
        List<Optional<LineId>> ids = new ArrayList<>();
        InputStream bytes = new ByteArrayInputStream(body);
        JsonNode lines =
                JSON.readTree(gzip ? new GZIPInputStream(bytes) : bytes).path("lines");
        for (JsonNode line : lines) {
            String text = line.path("line").asText();
            ids.add(Optional.ofNullable(LineId.in(text)));
            Matcher notice = NOTICE.matcher(text);
            if (notice.lookingAt() && behaviour == Behaviour.ACCEPT) {
                ledger.missing(Long.parseLong(notice.group(1)));
            }
        }
        return ids;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
