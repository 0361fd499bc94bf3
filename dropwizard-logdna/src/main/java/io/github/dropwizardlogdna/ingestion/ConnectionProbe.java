package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Goes the way of a request one step at a time, as far as a connection goes, so that a person sees which step fails: the
 * look-up of the host, the TCP connection, the TLS handshake. Where there is a proxy, these lead to the proxy, and no
 * further: what is behind it only a request can tell.
 *
 * <p>The steps belong to one thread and are called in their order, the next one only after success. They block:
 * {@link #lookUp} as long as the name service does, the others within the time-outs of the settings for each read.
 * {@link #close} may be called by any thread, and ends the other two.
 */
public final class ConnectionProbe implements AutoCloseable {

    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int MOST_ADDRESSES = 4;

    private final IngestionSettings settings;
    private final Proxy proxy;

    @Nullable
    private InetAddress address;

    /** Not through the JVM's own SOCKS proxy, unless that is the way that requests go. */
    private final Socket socket = new Socket(Proxy.NO_PROXY);

    /**
     * What a step has found.
     *
     * @param good whether the next step can follow
     * @param words what is there, or what is wrong
     * @param remedy what a person can do where it is not good
     */
    public record Finding(boolean good, String words, Remedy remedy) {

        static Finding good(String words) {
            return new Finding(true, words, Remedy.NONE);
        }
    }

    public ConnectionProbe(IngestionSettings settings) {
        this.settings = settings;
        HttpProxy configured = settings.proxy();
        this.proxy = configured == null ? ofTheJvm(settings.endpoint()) : configured.proxy();
    }

    private static Proxy ofTheJvm(URI endpoint) {
        ProxySelector selector = ProxySelector.getDefault();
        return selector == null ? Proxy.NO_PROXY : selector.select(endpoint).get(0);
    }

    /** Whether there is a proxy in between, be it configured here or for the whole JVM. */
    public boolean isProxied() {
        return proxy.type() != Proxy.Type.DIRECT;
    }

    /** Without its credentials. */
    public String proxyInWords() {
        if (settings.proxy() != null) {
            return settings.proxy().toString();
        }
        return isProxied() ? proxy.type() + " proxy " + host() + ":" + port() + ", which this JVM is set to" : "none";
    }

    /** Whether requests go over TLS. */
    public boolean isSecure() {
        return "https".equalsIgnoreCase(settings.endpoint().getScheme());
    }

    /** Looks up the host to connect to. */
    public Finding lookUp() {
        try {
            InetAddress[] found = InetAddress.getAllByName(host());
            address = found[0];
            String addresses = Arrays.stream(found)
                    .limit(MOST_ADDRESSES)
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(", "));
            return Finding.good(host() + " is " + addresses + (found.length > MOST_ADDRESSES ? ", ..." : ""));
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    /** Connects to the first address, as the JDK's client does. */
    public Finding connect() {
        try {
            socket.connect(new InetSocketAddress(address, port()), millis(settings.connectionTimeout()));
            return Finding.good("established with port " + port());
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    /** Shakes hands in TLS over the connection, and checks the certificate as a request would. */
    public Finding handshake() {
        SSLSocketFactory factory = settings.tls() == null
                ? (SSLSocketFactory) SSLSocketFactory.getDefault()
                : settings.tls().getSocketFactory();
        try (SSLSocket tls = (SSLSocket) factory.createSocket(socket, withoutBrackets(host()), port(), true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.setSoTimeout(millis(settings.timeout()));
            tls.startHandshake();
            return Finding.good(inWords(tls.getSession()));
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    private static String inWords(SSLSession session) throws IOException {
        String certificate = "";
        if (session.getPeerCertificates()[0] instanceof X509Certificate x509) {
            String issuer = x509.getIssuerX500Principal().getName().replaceAll("\\p{Cntrl}", " ");
            String end = x509.getNotAfter()
                    .toInstant()
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDate()
                    .toString();
            certificate = ", issued by " + issuer + ", valid until " + end;
        }
        return session.getProtocol() + ", the certificate is trusted" + certificate;
    }

    private Finding failed(Exception e) {
        Diagnosis diagnosis = Diagnosis.of(e, settings);
        return new Finding(false, diagnosis.reason(), isProxied() ? Remedy.PROXY : diagnosis.remedy());
    }

    private String host() {
        return proxy.address() instanceof InetSocketAddress to
                ? to.getHostString()
                : settings.endpoint().getHost();
    }

    private int port() {
        if (proxy.address() instanceof InetSocketAddress to) {
            return to.getPort();
        }
        int port = settings.endpoint().getPort();
        return port >= 0 ? port : isSecure() ? HTTPS_PORT : HTTP_PORT;
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int millis(Duration duration) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
    }

    /** Ends the connection. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
