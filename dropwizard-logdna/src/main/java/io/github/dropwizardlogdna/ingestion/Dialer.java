package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.net.InetAddressUtils;

/**
 * Opens connections to the endpoint: looks up the host, tries each of its addresses, asks a proxy for a tunnel, and performs
 * the TLS handshake. Used by requests and by {@link ConnectionProbe}. Confined to one thread.
 *
 * <p>State that the application sets for its whole JVM does not affect a connection ({@code SSLContext.setDefault}, {@code
 * HttpsURLConnection.setDefault...}, {@code ProxySelector}, {@code Authenticator}). The JVM's system properties do: trust
 * store, key store and proxies. One exception is the JDK's: a SOCKS proxy that wants a user gets the one of the {@code
 * Authenticator}.
 */
final class Dialer {

    private final IngestionSettings settings;
    private final Resolver resolver = new Resolver(InetAddress::getAllByName);

    @Nullable
    private SSLContext context;

    /** The last address that was reached. It is tried first, because a dead one may cost a whole connectionTimeout. */
    @Nullable
    private InetAddress reached;

    Dialer(IngestionSettings settings) {
        this.settings = settings;
    }

    /** Connects, so that a request can be sent. Closes the socket on failure. */
    WireConnection connect(Route route, Attempt attempt) throws IOException, HttpException {
        Socket socket = connect(route, lookUp(route, attempt), attempt);
        boolean ready = false;
        try {
            SSLSocket tls = null;
            if (Route.isSecure(settings.endpoint())) {
                if (route.kind() == Route.Kind.HTTP_PROXY) {
                    openTunnel(socket, route, attempt);
                }
                tls = handshake(socket);
            }
            WireConnection connection = new WireConnection(socket, tls, route);
            ready = true;
            return connection;
        } finally {
            if (!ready) {
                closeQuietly(socket);
            }
        }
    }

    List<InetAddress> lookUp(Route route, Attempt attempt) throws IOException {
        List<InetAddress> addresses =
                new ArrayList<>(resolver.resolve(route.host(), settings.connectionTimeout(), attempt));
        if (reached != null && addresses.remove(reached)) {
            addresses.add(0, reached);
        }
        return addresses;
    }

    /** Tries one address after another. If none can be reached, throws the exception of the first. */
    Socket connect(Route route, List<InetAddress> addresses, Attempt attempt) throws IOException {
        IOException first = null;
        for (InetAddress address : addresses) {
            try {
                Socket socket = connect(route, new InetSocketAddress(address, route.port()), attempt);
                reached = address;
                return socket;
            } catch (IOException e) {
                attempt.check();
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        throw first == null ? new IOException("no address") : first;
    }

    private Socket connect(Route route, InetSocketAddress address, Attempt attempt) throws IOException {
        Socket socket = new Socket(route.socks(address));
        boolean connected = false;
        try {
            attempt.uses(socket);
            socket.setTcpNoDelay(true);
            // A backstop: the deadline of the attempt covers the whole request.
            socket.setSoTimeout(millis(settings.timeout()));
            InetSocketAddress target = route.kind() == Route.Kind.SOCKS_PROXY
                    ? InetSocketAddress.createUnresolved(targetHost(), Route.port(settings.endpoint()))
                    : address;
            socket.connect(target, millis(settings.connectionTimeout()));
            connected = true;
            return socket;
        } finally {
            if (!connected) {
                closeQuietly(socket);
            }
        }
    }

    private void openTunnel(Socket socket, Route route, Attempt attempt) throws IOException, HttpException {
        String target = settings.endpoint().getHost() + ":" + Route.port(settings.endpoint());
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("CONNECT", null, null, target);
        request.setHeader("Host", target);
        request.setHeader("User-Agent", JerseyIngestionClient.USER_AGENT);
        HttpProxy proxy = route.proxy();
        String authorization = proxy == null ? null : proxy.authorization();
        if (authorization != null) {
            // Sent preemptively and only once, so that a proxy that refuses it does not lock the account.
            request.setHeader("Proxy-Authorization", authorization);
        }
        WireConnection connection = new WireConnection(socket, null, route);
        ClassicHttpResponse response = connection.exchange(request, attempt);
        int status = response.getCode();
        if (status < 200 || status > 299) {
            throw new ProxyRefusedException(status);
        }
    }

    /** Layers TLS over a connection. Verifies the certificate and that it is for the endpoint's host. */
    SSLSocket handshake(Socket socket) throws IOException {
        String host = targetHost();
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1); // fully qualified for the DNS; certificates have no such names
        }
        SSLSocket tls = (SSLSocket)
                context().getSocketFactory().createSocket(socket, host, Route.port(settings.endpoint()), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!InetAddressUtils.isIPv4(host) && host.indexOf(':') < 0) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    /** The configured context or the JVM's. Not {@code SSLContext.getDefault()}, which any code may have replaced. */
    private SSLContext context() throws IOException {
        SSLContext configured = settings.tls();
        if (configured != null) {
            return configured;
        }
        if (context == null) {
            try {
                context = SSLContext.getInstance("Default");
            } catch (GeneralSecurityException e) {
                throw new DiagnosedException(new Diagnosis(
                        "this JVM can't set up TLS; check its properties javax.net.ssl.trustStore and keyStore",
                        Remedy.TRUST));
            }
        }
        return context;
    }

    private String targetHost() {
        return Route.withoutBrackets(settings.endpoint().getHost());
    }

    static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The socket is closed anyway.
        }
    }

    /** At least 1, because 0 means no timeout. */
    private static int millis(Duration duration) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
    }
}
