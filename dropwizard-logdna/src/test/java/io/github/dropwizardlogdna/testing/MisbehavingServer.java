package io.github.dropwizardlogdna.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.annotation.Nullable;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * An HTTP server on a raw socket that does what real ones do on a bad day, and counts what it saw: what goes wrong below the
 * level of a request is beyond LocalLogDna. What it does can be changed at any time; a connection asks for it when it is
 * made, and then when a request begins.
 *
 * <p>Thread-safe. It serves each connection on a daemon thread of its own.
 */
public final class MisbehavingServer implements AutoCloseable {

    private static final int ANY_PORT = 0;
    private static final int NO_REQUEST = 0;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of {@link #refusing}. */
    private static final List<Socket> PLACEHOLDERS = new CopyOnWriteArrayList<>();

    /** What happens on a connection from one request to the next. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Connection connection) throws IOException;
    }

    /** One request as it arrived. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Request(String requestLine, List<String> headers, byte[] body) {

        @Nullable
        public String header(String name) {
            String prefix = name.toLowerCase(Locale.ROOT) + ":";
            return headers.stream()
                    .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(header -> header.substring(prefix.length()).trim())
                    .findFirst()
                    .orElse(null);
        }

        /** The body as text, uncompressed. */
        public String text() {
            try {
                boolean gzip = "gzip".equals(header("Content-Encoding"));
                InputStream sent = new ByteArrayInputStream(body);
                return new String(gzip ? new GZIPInputStream(sent).readAllBytes() : body, UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The lines in the body. */
        public List<JsonNode> lines() {
            try {
                List<JsonNode> lines = new ArrayList<>();
                JSON.readTree(text()).path("lines").forEach(lines::add);
                return lines;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * A request that arrived whole, and its answer.
     *
     * @param status {@link #NONE} where there was no answer
     * @param body what was answered in one piece; empty otherwise
     */
    public record Exchange(Request request, int status, String body) {
        public static final int NONE = 0;
    }

    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "misbehaving-server");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger arrived = new AtomicInteger();
    /** By the number of the request. */
    private final ConcurrentNavigableMap<Integer, Exchange> exchanges = new ConcurrentSkipListMap<>();

    private volatile Behaviour behaviour;
    private volatile Listener listener;

    /** In the place of the listener, from {@link #leave} to {@link #comeBack}. */
    @Nullable
    private volatile Socket placeholder;

    private MisbehavingServer(String scheme, ServerSocket unbound, Behaviour behaviour) {
        this.scheme = scheme;
        this.behaviour = behaviour;
        this.listener = new Listener(unbound, ANY_PORT);
        threads.execute(listener::accept);
    }

    public static MisbehavingServer http(Behaviour behaviour) {
        return new MisbehavingServer("http", unbound(ServerSocketFactory.getDefault()), behaviour);
    }

    public static MisbehavingServer https(SSLContext context, Behaviour behaviour) {
        return new MisbehavingServer("https", unbound(context.getServerSocketFactory()), behaviour);
    }

    /** One that serves only clients with a certificate which the context trusts. */
    public static MisbehavingServer httpsWithClientCertificates(SSLContext context, Behaviour behaviour) {
        // Before the first accept, which already takes the settings of its connection with it.
        SSLServerSocket socket = (SSLServerSocket) unbound(context.getServerSocketFactory());
        socket.setNeedClientAuth(true);
        return new MisbehavingServer("https", socket, behaviour);
    }

    private static ServerSocket unbound(ServerSocketFactory factory) {
        try {
            return factory.createServerSocket();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A URL on this machine where nobody listens, nor will before this JVM ends. */
    public static URI refusing() {
        Socket placeholder = placeholder(ANY_PORT);
        PLACEHOLDERS.add(placeholder);
        return URI.create("http://localhost:" + placeholder.getLocalPort());
    }

    /** Keeps a port from other processes, which would be given a free one: bound, but nobody listens. */
    private static Socket placeholder(int port) {
        try {
            Socket socket = new Socket();
            socket.setReuseAddress(true); // there may be connections that ended a moment ago
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Behaviours

    /** Takes the request and answers with a small JSON body. */
    public static Behaviour answer(int status, String... headers) {
        return connection -> {
            connection.readRequest();
            connection.answer(status, "{}", headers);
        };
    }

    public static Behaviour answerWithBody(int status, String body, String... headers) {
        return connection -> {
            connection.readRequest();
            connection.answer(status, body, headers);
        };
    }

    /** A gateway's page, as a load balancer shows it. */
    public static Behaviour htmlBadGateway() {
        return answerWithBody(502, "<html><h1>502 Bad Gateway</h1></html>", "Content-Type: text/html");
    }

    /** Accepts, and reads nothing. */
    public static Behaviour hang() {
        return Connection::hang;
    }

    /** Reads the request, and answers nothing. */
    public static Behaviour neverAnswer() {
        return connection -> {
            connection.readRequest();
            connection.hang();
        };
    }

    public static Behaviour resetAtOnce() {
        return Connection::reset;
    }

    /** Reads the head of the request, and resets. */
    public static Behaviour resetInTheMiddle() {
        return connection -> {
            connection.readHead();
            connection.reset();
        };
    }

    public static Behaviour resetAfterTheRequest() {
        return connection -> {
            connection.readRequest();
            connection.reset();
        };
    }

    public static Behaviour closeWithoutAnAnswer() {
        return connection -> {
            connection.readRequest();
            connection.close();
        };
    }

    /** Ends its side of the connection without an answer, and goes on to listen. */
    public static Behaviour halfClose() {
        return connection -> {
            connection.readRequest();
            connection.socket.shutdownOutput();
            connection.hang();
        };
    }

    /** Answers when it has seen the head of the request, and discards the rest, as well-behaved servers do. */
    public static Behaviour answerBeforeTheBodyWasRead(int status) {
        return connection -> {
            connection.readHead();
            connection.answer(status, "{}", "Connection: close");
            connection.socket.shutdownOutput();
            connection.discardUntilClosed();
        };
    }

    /** Answers when it has seen the head of the request, and closes with the body unread, which resets the connection. */
    public static Behaviour answerAndResetBeforeTheBodyWasRead(int status) {
        return connection -> {
            connection.readHead();
            connection.answer(status, "{}", "Connection: close");
            connection.close();
        };
    }

    /** Sends the head of the answer one byte an interval. */
    public static Behaviour dripTheHead(Duration interval) {
        return connection -> {
            connection.readRequest();
            connection.drip("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Padding: " + "x".repeat(10_000), interval);
        };
    }

    /** Sends the body of the answer one byte an interval. */
    public static Behaviour dripTheBody(int status, Duration interval) {
        return connection -> {
            connection.readRequest();
            connection.beginAnswer(status, "Content-Length: 10000");
            connection.drip("x".repeat(10_000), interval);
        };
    }

    /** Sends the head and the first byte of a body, and no more. */
    public static Behaviour stallInTheBody(int status) {
        return connection -> {
            connection.readRequest();
            connection.beginAnswer(status, "Content-Length: 100");
            connection.write("{");
            connection.hang();
        };
    }

    /** Sends an answer that does not end, as fast as it is read. */
    public static Behaviour endlessBody(int status) {
        return connection -> {
            connection.readRequest();
            connection.beginAnswer(status, "Transfer-Encoding: chunked");
            String chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
            while (true) {
                connection.write(chunk);
            }
        };
    }

    /** Answers in no protocol, and closes. */
    public static Behaviour garbage() {
        return connection -> {
            connection.readRequest();
            connection.write("SSH-2.0-OpenSSH_9.2\r\n\u0000\u0001\u0002 garbage\r\n");
            connection.close();
        };
    }

    /** Answers, promises to keep the connection, and closes it. */
    public static Behaviour closeTheIdleConnection(int status) {
        return connection -> {
            connection.readRequest();
            connection.answer(status, "{}", "Connection: keep-alive");
            connection.close();
        };
    }

    // What is going on

    public URI endpoint() {
        return URI.create(scheme + "://localhost:" + listener.port);
    }

    public void behave(Behaviour changed) {
        behaviour = changed;
    }

    public int connections() {
        return connections.get();
    }

    /** How often a behaviour was asked for: by new connections, and by requests on those that are kept. */
    public int served() {
        return served.get();
    }

    /** How many requests began: their head arrived. */
    public int begun() {
        return heads.size();
    }

    /** The requests that arrived whole. */
    public List<Request> requests() {
        return exchanges().stream().map(Exchange::request).toList();
    }

    /** The requests that arrived whole, in their order, and what became of each. */
    public List<Exchange> exchanges() {
        return List.copyOf(exchanges.values());
    }

    public int openConnections() {
        return listener.open.size();
    }

    /** Closes the port and all connections, until a {@link #comeBack}. */
    public void leave() {
        listener.close();
        freePort();
        placeholder = placeholder(listener.port);
    }

    private void freePort() {
        Socket held = placeholder;
        if (held != null) {
            try {
                held.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Listens on the same port again, without TLS. */
    public void comeBack() {
        comeBack(ServerSocketFactory.getDefault());
    }

    /** Listens on the same port again, with the certificate of this context. */
    public void comeBack(SSLContext context) {
        comeBack(context.getServerSocketFactory());
    }

    private void comeBack(ServerSocketFactory factory) {
        listener.close();
        freePort();
        listener = new Listener(unbound(factory), listener.port);
        threads.execute(listener::accept);
    }

    @Override
    public void close() {
        listener.close();
        freePort();
        threads.shutdownNow();
    }

    /** The port and its connections, from one {@link #comeBack} to the next. */
    private final class Listener {

        private final ServerSocket serverSocket;
        private final int port;
        private final CountDownLatch closed = new CountDownLatch(1);
        private final CountDownLatch left = new CountDownLatch(1);
        private final ConcurrentMap<Socket, Boolean> open = new ConcurrentHashMap<>();

        private Listener(ServerSocket unbound, int port) {
            this.serverSocket = unbound;
            try {
                // A small window: what the server does not read stays with the client.
                serverSocket.setReceiveBufferSize(4096);
                serverSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            this.port = serverSocket.getLocalPort();
        }

        private void close() {
            closed.countDown();
            try {
                serverSocket.close();
                awaitFreePort();
                for (Socket socket : open.keySet()) {
                    socket.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The port can be used again, and no connection is added, only after the thread has left the call that accepts. */
        private void awaitFreePort() {
            try {
                left.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void accept() {
            while (!serverSocket.isClosed()) {
                try {
                    Socket socket = serverSocket.accept();
                    open.put(socket, true);
                    connections.incrementAndGet();
                    threads.execute(() -> serve(socket));
                } catch (IOException | RejectedExecutionException e) {
                    // closed, or a connection that was gone before it was accepted
                }
            }
            left.countDown();
        }

        private void serve(Socket socket) {
            try (socket) {
                Connection connection = new Connection(socket, closed);
                do {
                    Behaviour asked = behaviour; // before it counts: who sees the count may change it
                    served.incrementAndGet();
                    asked.serve(connection);
                } while (!socket.isClosed() && connection.isUsedAgain());
            } catch (IOException e) {
                // The client is gone, or cut the connection.
            } finally {
                open.remove(socket);
            }
        }
    }

    /** A client's connection, for a {@link Behaviour} to use. */
    public final class Connection {

        private final Socket socket;
        private final CountDownLatch closed;
        private final InputStream in;
        private final OutputStream out;

        /** The number of the request that was read last. */
        private int unanswered = NO_REQUEST;

        private Connection(Socket socket, CountDownLatch closed) throws IOException {
            this.socket = socket;
            this.closed = closed;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        public Request readRequest() throws IOException {
            String[] head = readHead().split("\r\n", -1);
            List<String> headers = List.of(head).subList(1, head.length);
            String length = new Request(head[0], headers, new byte[0]).header("Content-Length");
            int expected = length == null ? 0 : Integer.parseInt(length);
            byte[] body = in.readNBytes(expected);
            if (body.length < expected) {
                throw new EOFException();
            }
            Request request = new Request(head[0], headers, body);
            unanswered = arrived.incrementAndGet();
            exchanges.put(unanswered, new Exchange(request, Exchange.NONE, ""));
            return request;
        }

        /** Waits for the next request to begin. */
        private boolean isUsedAgain() throws IOException {
            in.mark(1);
            int first = in.read();
            in.reset();
            return first >= 0;
        }

        /** Reads up to the empty line; leaves the body on the connection. */
        public String readHead() throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException();
                }
                head.write(b);
            }
            String text = head.toString(ISO_8859_1).stripTrailing();
            heads.add(text);
            return text;
        }

        public void answer(int status, String body, String... headers) throws IOException {
            answers(status, body);
            byte[] bytes = body.getBytes(UTF_8);
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
            for (String header : headers) {
                head.append(header).append("\r\n");
            }
            head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.writeBytes(head.toString().getBytes(ISO_8859_1));
            answer.writeBytes(bytes);
            out.write(answer.toByteArray());
            out.flush();
        }

        /** Sends the head of an answer. */
        public void beginAnswer(int status, String header) throws IOException {
            answers(status, "");
            write("HTTP/1.1 " + status + " Whatever\r\n" + header + "\r\n\r\n");
        }

        /** Before the answer leaves: who hears it finds it here. */
        private void answers(int status, String body) {
            exchanges.computeIfPresent(unanswered, (number, before) -> new Exchange(before.request(), status, body));
            unanswered = NO_REQUEST;
        }

        public void write(String text) throws IOException {
            out.write(text.getBytes(ISO_8859_1));
            out.flush();
        }

        public void drip(String text, Duration interval) throws IOException {
            for (byte b : text.getBytes(ISO_8859_1)) {
                out.write(b);
                out.flush();
                if (waited(interval)) {
                    return;
                }
            }
        }

        /** Until the server is closed. */
        public void hang() throws IOException {
            waited(Duration.ofDays(1));
            close();
        }

        public void discardUntilClosed() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
            close();
        }

        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        public void close() throws IOException {
            socket.close();
        }

        private boolean waited(Duration duration) throws IOException {
            try {
                return closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }
}
