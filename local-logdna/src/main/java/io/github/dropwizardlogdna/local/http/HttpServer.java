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
 * Accepts connections and runs the one thread that serves them all.
 *
 * <p>That thread owns the connections and everything in them. Other threads reach it by {@link #execute} alone. Its
 * threads are daemons: they don't keep the process alive, and serve until its end.
 */
public final class HttpServer implements AutoCloseable {

    /** For whole requests, so that one that takes long (a large body) does not delay another. */
    private static final int WORKERS = 2;

    /** How often deadlines are looked at, while there are connections. */
    private static final long TICK_MILLIS = 100;

    /** Connections accepted in a row, before those that are open are served again. */
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

    // What follows belongs to the server's thread.

    /** In the order in which they came. */
    private final Set<Connection> connections = new LinkedHashSet<>();

    /** What is read is copied from here at once, so one buffer serves all connections. */
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
     * Starts to listen; on any free port for port 0.
     *
     * @throws IOException if the address can't be had
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

    /** Has all streams look for something to send. Any thread may call; it does not wait. */
    public void wakeStreams() {
        if (streamsAreDue.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    /** Runs something on the server's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Closes all connections, and returns when the port is free again. */
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
                    // One connection's own failures are caught there. This is the machine's: out of memory, perhaps.
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
                // No more file descriptors: one connection fewer gives one back.
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

    /** Of those of the same use, the one that was opened first. A request that waits for its answer is never cut off. */
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

    // For connections, on the server's thread.

    Limits limits() {
        return limits;
    }

    Plan plan(RequestHead head) {
        return handler.begin(head);
    }

    Response refuse(@Nullable RequestHead head, int status, String reason) {
        return handler.refuse(head, status, reason);
    }

    /** Whether so many more bytes may be held. */
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

    /** Has a worker handle a request. An Error there costs the request its answer, not the server its worker. */
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

    /** On standard error, not in a log: the log may be what is shipped here. */
    static void report(Throwable failure) {
        try {
            System.err.println("[local-logdna] An internal error; serving goes on:");
            failure.printStackTrace();
        } catch (RuntimeException | Error e) {
            // There is no memory to report it with.
        }
    }

    private static void pause() {
        try {
            Thread.sleep(TICK_MILLIS);
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; it ends by close().
            Thread.currentThread().interrupt();
        }
    }

    static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }
}
