package io.github.dropwizardlogdna.benchmarks.service;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.benchmarks.ChildProcess;
import io.github.dropwizardlogdna.benchmarks.Jvm;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * The load generator, in a process of its own. Each connection has a thread that writes a request and reads the answer;
 * it knows just enough HTTP to cost little, because it runs on the same cores as the service.
 *
 * <p>At full load each connection sends its next request as soon as it has the answer. At a fixed rate each has a
 * schedule, and a latency counts from the moment when the request was due: a request that waits because the one before
 * it was slow is as slow for its user (no coordinated omission).
 *
 * <p>Commands: {@code PORT CONNECTIONS PER_SECOND SECONDS}; zero a second is full load.
 */
final class LoadGenerator {

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<byte[]> REQUESTS = requests();

    private final int port;
    private final int connections;
    private final long interval;
    private final long nanos;
    private final AtomicLong failed = new AtomicLong();

    private LoadGenerator(int port, int connections, int perSecond, double seconds) {
        this.port = port;
        this.connections = connections;
        this.interval = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(connections) / perSecond;
        this.nanos = (long) (seconds * 1e9);
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = Jvm.answers();
        ChildProcess.serve(answers, "ready", command -> {
            String[] words = command.split(" ", -1);
            LoadGenerator load = new LoadGenerator(
                    Integer.parseInt(words[0]),
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Double.parseDouble(words[3]));
            return JSON.writeValueAsString(load.run());
        });
        System.exit(0);
    }

    private LoadResult run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Histogram> histograms = new ArrayList<>();
        // All threads have started by then.
        long start = System.nanoTime() + (connections == 1 ? 0 : TimeUnit.MILLISECONDS.toNanos(20));
        for (int i = 0; i < connections; i++) {
            Histogram histogram = new Histogram(3);
            histograms.add(histogram);
            long first = start + interval / connections * i;
            int seed = i;
            Thread thread = new Thread(() -> run(first, start + nanos, seed, histogram), "load-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Histogram all = new Histogram(3);
        histograms.forEach(all::add);
        return new LoadResult(
                all.getTotalCount(),
                failed.get(),
                seconds,
                all.getValueAtPercentile(50),
                all.getValueAtPercentile(99),
                all.getValueAtPercentile(99.9),
                all.getMaxValue());
    }

    private void run(long first, long end, int seed, Histogram histogram) {
        long due = first;
        int next = seed;
        while (due - end < 0) {
            try (Connection connection = new Connection(port)) {
                while (due - end < 0) {
                    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    int status = connection.exchange(REQUESTS.get(next++ % REQUESTS.size()));
                    long now = System.nanoTime();
                    if (status == 200) {
                        histogram.recordValue(now - due);
                    } else {
                        failed.incrementAndGet();
                    }
                    due = interval == 0 ? now : due + interval;
                }
            } catch (IOException e) {
                failed.incrementAndGet();
                due = interval == 0 ? System.nanoTime() : due + interval;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10)); // no busy loop against a closed port
            }
        }
    }

    private static List<byte[]> requests() {
        List<byte[]> requests = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            StringBuilder items = new StringBuilder();
            for (int j = 0; j <= i % 4; j++) {
                items.append(items.isEmpty() ? "" : ",")
                        .append(String.format(
                                Locale.ROOT,
                                "{\"article\":\"SKU-%d-%c\",\"quantity\":%d,\"price\":%d.%02d}",
                                1_000 + 37 * i + j,
                                'A' + i % 26,
                                1 + j,
                                5 + i,
                                i));
            }
            String body = "{\"customer\":\"c-" + (48_213 + 7 * i) + "\",\"items\":[" + items + "]}";
            requests.add(("POST /orders HTTP/1.1\r\nHost: localhost\r\nUser-Agent: orders-ios/7.4." + i % 5
                            + "\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII));
        }
        return requests;
    }

    /** A kept-alive connection. */
    private static final class Connection implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;
        private final byte[] buffer = new byte[1 << 14];

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = socket.getInputStream();
        }

        /** Sends a request, reads the whole answer, and returns its status. */
        int exchange(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            int read = 0;
            int header = -1;
            while (header < 0) {
                read += read(read);
                header = endOfHeader(read);
            }
            String text = new String(buffer, 0, header, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            int at = text.indexOf("content-length:");
            if (at < 0) {
                throw new SocketException("an answer without Content-Length");
            }
            int length = Integer.parseInt(
                    text.substring(at + 15, text.indexOf('\r', at)).strip());
            while (read < header + length) {
                read += read(read);
            }
            return Integer.parseInt(text.substring(9, 12));
        }

        private int read(int position) throws IOException {
            int count = in.read(buffer, position, buffer.length - position);
            if (count <= 0) {
                throw new EOFException();
            }
            return count;
        }

        /** Behind the empty line, or negative if it has not come yet. */
        private int endOfHeader(int length) {
            for (int i = 3; i < length; i++) {
                if (buffer[i] == '\n' && buffer[i - 2] == '\n') {
                    return i + 1;
                }
            }
            return -1;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
