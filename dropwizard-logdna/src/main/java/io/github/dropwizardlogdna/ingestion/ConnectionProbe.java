package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * Connects like a request, but step by step, to show which step fails: the look-up of the host, the TCP connection, the TLS
 * handshake. If there is a proxy, the steps lead to the proxy and no further: only a request can test the way beyond it.
 *
 * <p>The steps are called by one thread, in order, each only if the one before succeeded. Each is bounded by the timeouts of
 * the settings. Any thread may call {@link #close}, which aborts the current step.
 */
public final class ConnectionProbe implements AutoCloseable {

    private static final int MOST_ADDRESSES = 4;

    private final IngestionSettings settings;
    private final Route route;
    private final Dialer dialer;
    private final Attempt attempt = new Attempt(Watchdog.SHARED);

    private List<InetAddress> addresses = List.of();

    @Nullable
    private Socket socket;

    /**
     * The result of a step.
     *
     * @param good whether the step succeeded
     * @param words a description of the result or the failure
     * @param remedy what to do about a failure
     */
    public record Finding(boolean good, String words, Remedy remedy) {

        static Finding good(String words) {
            return new Finding(true, words, Remedy.NONE);
        }
    }

    private interface Step {
        String run() throws IOException;
    }

    public ConnectionProbe(IngestionSettings settings) {
        this.settings = settings;
        this.route = Route.to(settings);
        this.dialer = new Dialer(settings);
    }

    /** Whether there is a proxy, configured for this appender or for the JVM. */
    public boolean isProxied() {
        return route.isProxied();
    }

    /** A description of the proxy without its credentials. */
    public String proxyInWords() {
        return route.toString();
    }

    /** Whether requests use TLS. */
    public boolean isSecure() {
        return Route.isSecure(settings.endpoint());
    }

    /** Looks up the host. */
    public Finding lookUp() {
        return find(settings.connectionTimeout(), () -> {
            addresses = dialer.lookUp(route, attempt);
            String shown = addresses.stream()
                    .limit(MOST_ADDRESSES)
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(", "));
            return route.host() + " is " + shown + (addresses.size() > MOST_ADDRESSES ? ", ..." : "");
        });
    }

    /** Connects to the first address that can be reached. */
    public Finding connect() {
        return find(settings.connectionTimeout().plus(settings.timeout()), () -> {
            socket = dialer.connect(route, addresses, attempt);
            String which =
                    addresses.size() > 1 ? " of " + socket.getInetAddress().getHostAddress() : "";
            return "established with port " + route.port() + which;
        });
    }

    /** Performs the TLS handshake over the connection, and verifies the certificate as a request does. */
    public Finding handshake() {
        return find(settings.timeout(), () -> {
            Socket connected = socket;
            if (connected == null) {
                throw new IllegalStateException("not connected");
            }
            try (SSLSocket tls = dialer.handshake(connected)) {
                return inWords(tls.getSession());
            }
        });
    }

    private Finding find(Duration limit, Step step) {
        try {
            attempt.allow(limit, Diagnosis.noAnswer(settings));
            return Finding.good(step.run());
        } catch (IOException | RuntimeException e) {
            String cutOff = attempt.cutOffReason();
            Diagnosis diagnosis = cutOff == null ? Diagnosis.of(e, settings) : new Diagnosis(cutOff, Remedy.PATIENCE);
            return new Finding(false, diagnosis.reason(), isProxied() ? Remedy.PROXY : diagnosis.remedy());
        }
    }

    private static String inWords(SSLSession session) throws IOException {
        String certificate = "";
        if (session.getPeerCertificates()[0] instanceof X509Certificate x509) {
            String issuer = UntrustedText.cleaned(x509.getIssuerX500Principal().getName());
            String end = x509.getNotAfter()
                    .toInstant()
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDate()
                    .toString();
            certificate = ", issued by " + issuer + ", valid until " + end;
        }
        return session.getProtocol() + ", the certificate is trusted" + certificate;
    }

    /** Closes the connection. */
    @Override
    public void close() {
        attempt.cutOff("cut off");
        attempt.end();
    }
}
