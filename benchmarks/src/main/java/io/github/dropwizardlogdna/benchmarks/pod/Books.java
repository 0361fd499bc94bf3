package io.github.dropwizardlogdna.benchmarks.pod;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The ingestion endpoint of a run, and what has arrived there: for each order the lines of three appenders. Any thread.
 *
 * <p>Not a LocalLogDna, which needs JUnit and keeps all lines: this one only counts them.
 */
final class Books implements AutoCloseable {

    /** The appender that a line comes from. */
    enum Stream {
        LOG("\"app\":\"order-service\".*\"requestId\":\"n-(\\d+)\""),
        AUDIT("\"app\":\"orders-audit\".*\"requestId\":\"n-(\\d+)\""),
        REQUEST_LOG("POST /orders\\?n=(\\d+) ");

        private final Pattern pattern;

        Stream(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }
    }

    private final HttpServer server;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Stream, BitSet> arrived = new EnumMap<>(Stream.class);
    private long twice;
    private volatile boolean away;

    Books() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/logs/ingest";
    }

    /** Whether each request is answered with 503 from now on. */
    void away(boolean isAway) {
        away = isAway;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (away) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody(),
                    StandardCharsets.UTF_8))) {
                // Each line is on a line of its own in the body.
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    enter(line);
                }
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void enter(String line) {
        for (Stream stream : Stream.values()) {
            Matcher found = stream.pattern.matcher(line);
            if (found.find()) {
                int number = Integer.parseInt(found.group(1));
                lock.lock();
                try {
                    BitSet numbers = arrived.computeIfAbsent(stream, key -> new BitSet());
                    twice += numbers.get(number) ? 1 : 0;
                    numbers.set(number);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /** How many of the first orders' lines have arrived. */
    int arrived(Stream stream, int orders) {
        lock.lock();
        try {
            return arrived.getOrDefault(stream, new BitSet()).get(0, orders).cardinality();
        } finally {
            lock.unlock();
        }
    }

    int arrived(int orders) {
        int sum = 0;
        for (Stream stream : Stream.values()) {
            sum += arrived(stream, orders);
        }
        return sum;
    }

    long twice() {
        lock.lock();
        try {
            return twice;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
