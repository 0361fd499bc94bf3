package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Accepts connections and serves them all with one thread.
 *
 * <p>That thread owns the connections and their state; other threads use {@link #execute} to reach it. All threads are
 * daemons: they don't keep the process alive, and serve until it ends.
 */
public final class HttpServer implements AutoCloseable {

    /** Threads for complete requests, so that a large one does not delay another. */
    private static final int WORKERS = 2;

    /** The interval at which deadlines are checked while there are connections. */
    private static final long TICK_MILLIS = 100;

    /** The number of connections accepted in a row before open ones are served again. */
    private static final int ACCEPTED_AT_ONCE = 64;

    private static final int READ_BYTES = 64 * 1_024;

    private static final AtomicInteger WORKERS_MADE = new AtomicInteger();

    private final Handler handler;
    private final Limits limits;
    private final Selector selector;
    private final ServerSocketChannel acceptor;
    private final InetSocketAddress address;
    private final Thread thread;
    private final ThreadPoolExecutor workers;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean streamsAreDue = new AtomicBoolean();
    private volatile boolean closed;

    // Used by the server's thread only.

    /** In the order in which they were accepted. */
    private final Set<Connection> connections = new LinkedHashSet<>();

    /** Input is copied from here at once, so that all connections share one buffer. */
    private final ByteBuffer received = ByteBuffer.allocateDirect(READ_BYTES);

    private long heldBytes;
    private long lastTick = System.nanoTime();
    private long lastHeartbeat = System.nanoTime();

    private HttpServer(InetSocketAddress address, Handler handler, Limits limits) throws IOException {
        this.handler = handler;
        this.limits = limits;
        this.selector = Selector.open();
        this.acceptor = ServerSocketChannel.open();
        try {
            acceptor.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            acceptor.bind(address, 1_024);
            acceptor.configureBlocking(false);
            acceptor.register(selector, SelectionKey.OP_ACCEPT);
            this.address = (InetSocketAddress) acceptor.getLocalAddress();
        } catch (IOException | RuntimeException e) {
            acceptor.close();
            selector.close();
            throw new IOException(
                    "port " + address.getPort() + " of " + address.getHostString() + ": " + e.getMessage(), e);
        }
        this.workers = new ThreadPoolExecutor(
                WORKERS, WORKERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), HttpServer::newWorker);
        workers.allowCoreThreadTimeOut(true);
        this.thread = new Thread(this::serve, "local-logdna-http");
        thread.setDaemon(true);
    }

    /**
     * Starts a server; port 0 selects any free port.
     *
     * @throws IOException if the address is not available
     */
    public static HttpServer start(InetSocketAddress address, Handler handler, Limits limits) throws IOException {
        HttpServer server = new HttpServer(address, handler, limits);
        server.thread.start();
        return server;
    }

    private static Thread newWorker(Runnable work) {
        Thread worker = new Thread(work, "local-logdna-worker-" + WORKERS_MADE.incrementAndGet());
        worker.setDaemon(true);
        return worker;
    }

    public int port() {
        return address.getPort();
    }

    /** Makes all streams check for something to send. Thread-safe; does not block. */
    public void wakeStreams() {
        if (streamsAreDue.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    /** Runs a task on the server's thread. Thread-safe; does not block. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Closes all connections. Returns when the port is free again. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(5_000);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        workers.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        try {
            while (!closed) {
                try {
                    selector.select(connections.isEmpty() ? 0 : TICK_MILLIS);
                    serveOnce();
                } catch (IOException | RuntimeException | Error e) {
                    // A connection handles its own failures. This one is the server's, such as a lack of memory.
                    report(e);
                    pause();
                }
            }
        } finally {
            List.copyOf(connections).forEach(Connection::close);
            closeQuietly(acceptor);
            closeQuietly(selector);
        }
    }

    private void serveOnce() throws IOException {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid() && key.isAcceptable()) {
                accept();
            } else if (key.attachment() instanceof Connection connection) {
                connection.ready(key, received);
            }
        }
        selector.selectedKeys().clear();
        long now = System.nanoTime();
        if (streamsAreDue.getAndSet(false)) {
            List.copyOf(connections).forEach(Connection::pump);
        }
        if (now - lastHeartbeat >= limits.heartbeat().toNanos()) {
            lastHeartbeat = now;
            List.copyOf(connections).forEach(Connection::beat);
        }
        if (now - lastTick >= TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)) {
            lastTick = now;
            List.copyOf(connections).forEach(connection -> connection.expire(now));
        }
    }

    private void accept() throws IOException {
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            SocketChannel channel;
            try {
                channel = acceptor.accept();
            } catch (IOException e) {
                // Out of file descriptors: closing a connection frees one.
                if (closeTheLeastUsed()) {
                    continue;
                }
                pause();
                return;
            }
            if (channel == null) {
                return;
            }
            if (connections.size() >= limits.connections() && !closeTheLeastUsed()) {
                closeQuietly(channel);
                continue;
            }
            open(channel);
        }
    }

    private void open(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Connection connection = new Connection(this, channel, key);
            key.attach(connection);
            connections.add(connection);
        } catch (IOException e) {
            closeQuietly(channel);
        }
    }

    /** The oldest of the least used connections. One with a request that waits for its answer is never closed. */
    private boolean closeTheLeastUsed() {
        Connection least = connections.stream()
                .filter(connection -> connection.use() < Connection.IN_USE)
                .min(Comparator.comparingInt(Connection::use))
                .orElse(null);
        if (least == null) {
            return false;
        }
        least.close();
        return true;
    }

    // Called by connections, on the server's thread.

    Limits limits() {
        return limits;
    }

    Plan plan(RequestHead head) {
        return handler.begin(head);
    }

    Response refuse(@Nullable RequestHead head, int status, String reason) {
        return handler.refuse(head, status, reason);
    }

    /** Reserves bytes of memory for bodies; returns false if that would exceed the limit. */
    boolean reserve(int bytes) {
        if (heldBytes + bytes > limits.heldBytes()) {
            return false;
        }
        heldBytes += bytes;
        return true;
    }

    void release(long bytes) {
        heldBytes -= bytes;
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    /** Lets a worker handle a request. An Error there leaves the request unanswered, but does not end the worker. */
    void work(RequestHead head, Plan.Receiver receiver, Body body, Exchange exchange) {
        workers.execute(() -> {
            try {
                receiver.received(head, body, exchange);
            } catch (RuntimeException | Error e) {
                report(e);
                execute(() -> exchange.answer(handler.refuse(head, 500, "Internal error.")));
            }
        });
    }

    /** Prints to standard error: a log may be shipped to this very server. */
    static void report(Throwable failure) {
        try {
            System.err.println("[local-logdna] An internal error; serving goes on:");
            failure.printStackTrace();
        } catch (RuntimeException | Error e) {
            // There is not enough memory to report it.
        }
    }

    private static void pause() {
        try {
            Thread.sleep(TICK_MILLIS);
        } catch (InterruptedException e) {
            // No code interrupts this thread; close() ends it.
            Thread.currentThread().interrupt();
        }
    }

    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // The connection is closed in any case.
        }
    }
}
