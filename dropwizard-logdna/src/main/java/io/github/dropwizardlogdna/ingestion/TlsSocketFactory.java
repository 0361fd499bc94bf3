package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/**
 * Layers TLS over TCP sockets that it remembers, so that another thread can end a request by closing the socket
 * underneath. Closing the TLS socket instead would wait for the thread that is writing to it, and a server that never
 * reads keeps that thread for ever.
 *
 * <p>{@code HttpsURLConnection} connects what {@link #createSocket()} returns, hands it to {@link #createSocket(Socket,
 * String, int, boolean)} (behind an HTTP or SOCKS proxy: a socket of its own), and sets SNI and the verification of the
 * host's name on the result, as it does for the JDK's own factory. Used by the sender's thread; {@link #closeSockets}
 * is for any.
 */
final class TlsSocketFactory extends SSLSocketFactory {

    @Nullable
    private final SSLContext context;

    /** One that is in use, and those that the JDK keeps for the next request; closed ones are removed in passing. */
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /** Whether a connection that is being made is to fail: the JDK makes another when one breaks. */
    private volatile boolean refusing;

    @Nullable
    private SSLSocketFactory delegate;

    TlsSocketFactory(@Nullable SSLContext context) {
        this.context = context;
    }

    /** Lets connections be made again. */
    void open() {
        refusing = false;
    }

    /** Closes every connection, and refuses others until {@link #open}. Never blocks. */
    void closeSockets() {
        refusing = true;
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed all the same.
            }
        }
        sockets.clear();
    }

    @Override
    public Socket createSocket() throws SocketException {
        // The JDK has asked its proxy selector already: this socket is to go direct.
        return remembered(new Socket(Proxy.NO_PROXY));
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return delegate().createSocket(remembered(socket), host, port, autoClose);
    }

    // When TLS through a proxy fails, the JDK tries these, past the proxy. A proxy that was configured is not evaded.

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw new SocketException("no TLS connection without a socket underneath");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket(address, port);
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return delegate().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return delegate().getSupportedCipherSuites();
    }

    private Socket remembered(Socket socket) throws SocketException {
        sockets.removeIf(Socket::isClosed);
        sockets.add(socket);
        // Asked after it was added: whoever closes sockets either finds this one or is seen here.
        if (refusing) {
            throw new SocketException("Socket closed");
        }
        return socket;
    }

    /** Made on first use, because reading the JVM's trust store takes a while. */
    private SSLSocketFactory delegate() {
        SSLSocketFactory factory = delegate;
        if (factory == null) {
            factory = context == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : context.getSocketFactory();
            delegate = factory;
        }
        return factory;
    }
}
