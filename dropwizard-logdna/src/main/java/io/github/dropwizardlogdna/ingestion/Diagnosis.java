package io.github.dropwizardlogdna.ingestion;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;

/**
 * Describes why there was no response.
 *
 * <p>Quotes the message of an exception only if it comes from this machine's network or TLS code: others may contain the URL
 * with its query, the value of a header, or text from a server.
 *
 * @param reason as in {@link Verdict}
 * @param remedy what to do about it
 */
record Diagnosis(String reason, Remedy remedy) {

    /** The verdict for a request that failed with this exception. */
    static Verdict verdict(Throwable failure, IngestionSettings settings) {
        Optional<ProxyRefusedException> refused = first(causes(failure), ProxyRefusedException.class);
        if (refused.isPresent()) {
            return EndpointResponse.ofProxy(refused.get().status());
        }
        Diagnosis diagnosis = of(failure, settings);
        return Verdict.of(Outcome.RETRY, diagnosis.reason, diagnosis.remedy);
    }

    static Diagnosis of(Throwable failure, IngestionSettings settings) {
        String endpoint = IngestionUri.origin(settings.endpoint());
        Route route = Route.to(settings);
        List<Throwable> causes = causes(failure);
        // TLS comes after the failures of the connection that it wraps.
        return first(causes, DiagnosedException.class)
                .map(e -> new Diagnosis(
                        e.diagnosis().reason() + checkProxy(route),
                        orProxy(e.diagnosis().remedy(), route)))
                .or(() -> first(causes, UnknownHostException.class)
                        .map(e -> new Diagnosis(
                                "unknown host " + quoted(e) + checkProxy(route), orProxy(Remedy.HOST_NAME, route))))
                .or(() -> first(causes, ConnectException.class).map(e -> cannotConnect(endpoint, e, route)))
                .or(() -> first(causes, NoRouteToHostException.class).map(e -> cannotConnect(endpoint, e, route)))
                .or(() -> first(causes, SocketTimeoutException.class).map(e -> tooLate(e, settings, route)))
                .or(() -> first(causes, WireConnection.UnsentException.class)
                        .map(e -> new Diagnosis(
                                endpoint + " closed the connection while the request was being sent", Remedy.CLOSED)))
                .or(() -> first(causes, SocketException.class).map(e -> broken(endpoint, e, route)))
                .or(() -> first(causes, SSLException.class).map(e -> tls(endpoint, e, causes)))
                .or(() -> first(causes, IllegalArgumentException.class)
                        .map(e -> new Diagnosis(
                                "the request could not be created: "
                                        + "a header or the URL contains an illegal character; check ingestionKey and endpoint",
                                Remedy.ENDPOINT)))
                .or(() -> answer(endpoint, causes))
                .orElseGet(() -> new Diagnosis(
                        "the request to " + endpoint + " failed: "
                                + causes.get(causes.size() - 1).getClass().getSimpleName(),
                        Remedy.PATIENCE));
    }

    /** Describes a response that could not be read. */
    private static Optional<Diagnosis> answer(String endpoint, List<Throwable> causes) {
        if (first(causes, NoHttpResponseException.class).isPresent()
                || first(causes, ConnectionClosedException.class).isPresent()) {
            return Optional.of(new Diagnosis(endpoint + " closed the connection without an answer", Remedy.CLOSED));
        }
        if (first(causes, MessageConstraintException.class).isPresent()
                || first(causes, WireConnection.ResponseTooLargeException.class).isPresent()) {
            return Optional.of(
                    new Diagnosis(endpoint + " sent a response that is too large; check endpoint", Remedy.ENDPOINT));
        }
        return first(causes, HttpException.class)
                .map(e -> new Diagnosis(endpoint + " did not answer in HTTP; check endpoint", Remedy.ENDPOINT));
    }

    /** The beginning of a sentence that continues with a duration. */
    static String noAnswer(IngestionSettings settings) {
        return "no answer from " + IngestionUri.origin(settings.endpoint());
    }

    /** Like {@link #noAnswer}. */
    static String noConnection(IngestionSettings settings) {
        return "no connection to " + IngestionUri.origin(settings.endpoint());
    }

    static String inWords(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    private static Diagnosis tls(String endpoint, SSLException e, List<Throwable> causes) {
        String failed = "TLS with " + endpoint + " failed: ";
        boolean untrusted = first(causes, CertificateException.class).isPresent()
                || first(causes, CertPathBuilderException.class).isPresent()
                || first(causes, CertPathValidatorException.class).isPresent();
        return untrusted
                ? new Diagnosis(failed + "its certificate is not trusted; check tls (" + quoted(e) + ")", Remedy.TRUST)
                : new Diagnosis(failed + quoted(e), Remedy.TLS);
    }

    private static Diagnosis cannotConnect(String endpoint, SocketException e, Route route) {
        return new Diagnosis(
                "can't connect to " + endpoint + ": " + quoted(e) + checkProxy(route), orProxy(Remedy.NETWORK, route));
    }

    private static Diagnosis broken(String endpoint, SocketException e, Route route) {
        String reason = "the connection to " + endpoint + " broke: " + quoted(e);
        // The JDK has no other exception for a SOCKS proxy that can't be reached.
        return route.kind() == Route.Kind.SOCKS_PROXY
                ? new Diagnosis(reason + checkProxy(route), Remedy.PROXY)
                : new Diagnosis(reason, Remedy.CLOSED);
    }

    /** A connection goes to the proxy if there is one, so its settings are worth checking. */
    private static String checkProxy(Route route) {
        return route.isProxied() ? "; check proxy (" + route + ")" : "";
    }

    private static Remedy orProxy(Remedy remedy, Route route) {
        return route.isProxied() ? Remedy.PROXY : remedy;
    }

    private static Diagnosis tooLate(SocketTimeoutException e, IngestionSettings settings, Route route) {
        // The JDK uses one type for both: "Connect timed out" and "Read timed out".
        return quoted(e).toLowerCase(Locale.ROOT).contains("connect")
                ? new Diagnosis(
                        noConnection(settings) + " within " + inWords(settings.connectionTimeout()) + checkProxy(route),
                        orProxy(Remedy.NETWORK, route))
                : new Diagnosis(noAnswer(settings) + " within " + inWords(settings.timeout()), Remedy.PATIENCE);
    }

    /** The exception and its causes; at most twenty, because causes may be cyclic. */
    static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .toList();
    }

    private static String quoted(Throwable e) {
        String message = e.getMessage();
        if (message == null) {
            return e.getClass().getSimpleName();
        }
        return UntrustedText.cleaned(message);
    }

    private static <T extends Throwable> Optional<T> first(List<Throwable> causes, Class<T> type) {
        return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
