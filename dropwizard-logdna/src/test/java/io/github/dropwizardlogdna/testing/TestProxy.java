package io.github.dropwizardlogdna.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.annotation.Nullable;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * An HTTP proxy on a raw socket that leads all requests, CONNECT and absolute URIs, to one port of this machine, whatever
 * host they name; and, if it is told to, only those with the right user and password. Thread-safe.
 */
public final class TestProxy implements AutoCloseable {

    private final ServerSocket serverSocket;
    private final int target;

    @Nullable
    private final String authorization;

    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "test-proxy");
        thread.setDaemon(true);
        return thread;
    });

    private TestProxy(int target, @Nullable String authorization) {
        this.target = target;
        this.authorization = authorization;
        try {
            serverSocket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public static TestProxy to(int port) {
        return new TestProxy(port, null);
    }

    /** One that wants {@code user:password}. */
    public static TestProxy to(int port, String userAndPassword) {
        return new TestProxy(port, "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8)));
    }

    public int port() {
        return serverSocket.getLocalPort();
    }

    /** The heads of the requests that were made of the proxy itself: what is in a tunnel is not seen. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    @Override
    public void close() {
        try {
            serverSocket.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    private void accept() {
        while (!serverSocket.isClosed()) {
            try {
                Socket client = serverSocket.accept();
                sockets.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException | RejectedExecutionException e) {
                // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            while (true) {
                String head = readHead(in);
                heads.add(head);
                int length = contentLength(head);
                if (authorization != null && !authorization.equals(header(head, "proxy-authorization"))) {
                    in.readNBytes(length);
                    String challenge = "Proxy-Authenticate: Basic realm=\"test\"";
                    write(
                            client,
                            String.join("\r\n", "HTTP/1.1 407 Who are you", challenge, "Content-Length: 0", "", ""));
                } else {
                    relay(client, in, head, length);
                    return;
                }
            }
        } catch (IOException e) {
            // The client is gone, or the endpoint.
        }
    }

    private void relay(Socket client, InputStream in, String head, int length) throws IOException {
        try (Socket endpoint = new Socket(InetAddress.getLoopbackAddress(), target)) {
            sockets.add(endpoint);
            if (head.startsWith("CONNECT ")) {
                write(client, "HTTP/1.1 200 Here you are\r\n\r\n");
                threads.execute(() -> copy(in, endpoint));
            } else {
                // One request a connection: what follows it would need the same care.
                write(endpoint, head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
                endpoint.getOutputStream().write(in.readNBytes(length));
                endpoint.getOutputStream().flush();
                endpoint.shutdownOutput();
            }
            endpoint.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static void copy(InputStream in, Socket to) {
        try {
            in.transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // The client is gone, or the endpoint.
        }
    }

    private static int contentLength(String head) {
        String length = header(head, "content-length");
        return length == null ? 0 : Integer.parseInt(length);
    }

    @Nullable
    private static String header(String head, String lowerCaseName) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(lowerCaseName + ":"))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse(null);
    }

    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            head.write(b);
        }
        return head.toString(ISO_8859_1);
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(ISO_8859_1));
        out.flush();
    }
}
