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
 * Goes the way of a request one step at a time, as far as a connection goes, so that a person sees which step fails: the
 * look-up of the host, the TCP connection, the TLS handshake. If there is a proxy, these lead to the proxy, and no
 * further: what is behind it only a request can find out.
 *
 * <p>The steps belong to one thread and are called in their order, the next one only after success. Each is bounded by
 * the time-outs of the settings. {@link #close} may be called by any thread, and ends the step that is under way.
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
     * What a step has found.
     *
     * @param good whether the next step can follow
     * @param words what is there, or what is wrong
     * @param remedy what a person can do if it is not good
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

    /** Whether there is a proxy in between, be it configured here or for the whole JVM. */
    public boolean isProxied() {
        return route.isProxied();
    }

    /** Without its credentials. */
    public String proxyInWords() {
        return route.toString();
    }

    /** Whether requests go over TLS. */
    public boolean isSecure() {
        return Route.isSecure(settings.endpoint());
    }

    /** Looks up the host to connect to. */
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

    /** Connects to the first address that answers. */
    public Finding connect() {
        return find(settings.connectionTimeout().plus(settings.timeout()), () -> {
            socket = dialer.connect(route, addresses, attempt);
            String which =
                    addresses.size() > 1 ? " of " + socket.getInetAddress().getHostAddress() : "";
            return "established with port " + route.port() + which;
        });
    }

    /** Shakes hands in TLS over the connection, and checks the certificate as a request would. */
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
            String issuer = ForeignText.cleaned(x509.getIssuerX500Principal().getName());
            String end = x509.getNotAfter()
                    .toInstant()
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDate()
                    .toString();
            certificate = ", issued by " + issuer + ", valid until " + end;
        }
        return session.getProtocol() + ", the certificate is trusted" + certificate;
    }

    /** Ends the connection. */
    @Override
    public void close() {
        attempt.cutOff("cut off");
        attempt.end();
    }
}
