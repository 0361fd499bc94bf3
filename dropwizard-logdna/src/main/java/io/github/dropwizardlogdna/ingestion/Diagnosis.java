package io.github.dropwizardlogdna.ingestion;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpRetryException;
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
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Says in words for a person why there was no answer.
 *
 * <p>Quotes the message of an exception only where the network or TLS has written it: others of the JDK's hold the URL
 * with its query, or a header's value.
 *
 * @param reason as in {@link Verdict}
 * @param remedy what a person can do
 */
record Diagnosis(String reason, Remedy remedy) {

    private static final int MAX_QUOTE = 200;

    private static final Pattern PROXY_AUTHENTICATION =
            Pattern.compile("^Unable to tunnel through proxy\\. Proxy returns \"HTTP/1\\.[01] 407\\b");

    static Diagnosis of(Throwable failure, IngestionSettings settings) {
        String endpoint = IngestionUri.origin(settings.endpoint());
        List<Throwable> causes = causes(failure);
        // TLS comes after what may have broken underneath, and wraps it.
        return first(causes, UnknownHostException.class)
                .map(e -> new Diagnosis(
                        "unknown host " + quoted(e) + checkProxy(settings), orProxy(Remedy.HOST_NAME, settings)))
                .or(() -> first(causes, ConnectException.class).map(e -> cannotConnect(endpoint, e, settings)))
                .or(() -> first(causes, NoRouteToHostException.class).map(e -> cannotConnect(endpoint, e, settings)))
                .or(() -> first(causes, SocketTimeoutException.class).map(e -> tooLate(endpoint, e, settings)))
                .or(() -> first(causes, SocketException.class).map(e -> broken(endpoint, e)))
                .or(() -> first(causes, SSLException.class).map(e -> tls(endpoint, e, causes)))
                .or(() -> first(causes, IllegalArgumentException.class)
                        .map(e -> new Diagnosis(
                                "the request could not be made: "
                                        + "a header or the URL holds an illegal character; check ingestionKey and endpoint",
                                Remedy.ENDPOINT)))
                .or(() -> first(causes, IOException.class).map(e -> other(endpoint, e)))
                .orElseGet(() -> failed(endpoint, causes.get(causes.size() - 1)));
    }

    /** The status that is behind a failure, if there is: the JDK makes exceptions of some answers. */
    static OptionalInt statusOf(Throwable failure) {
        List<Throwable> causes = causes(failure);
        Optional<HttpRetryException> unauthorized = first(causes, HttpRetryException.class);
        if (unauthorized.isPresent()) {
            // It would send the request again, with credentials, had it kept the body.
            return OptionalInt.of(unauthorized.get().responseCode());
        }
        boolean proxyWantsCredentials = causes.stream()
                .anyMatch(cause -> cause instanceof IOException
                        && PROXY_AUTHENTICATION.matcher(quoted(cause)).find());
        return proxyWantsCredentials ? OptionalInt.of(407) : OptionalInt.empty();
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

    private static Diagnosis cannotConnect(String endpoint, SocketException e, IngestionSettings settings) {
        return new Diagnosis(
                "can't connect to " + endpoint + ": " + quoted(e) + checkProxy(settings),
                orProxy(Remedy.NETWORK, settings));
    }

    /** All connections go to the proxy, if there is one. */
    private static String checkProxy(IngestionSettings settings) {
        return settings.proxy() == null ? "" : "; check proxy (" + settings.proxy() + ")";
    }

    private static Remedy orProxy(Remedy remedy, IngestionSettings settings) {
        return settings.proxy() == null ? remedy : Remedy.PROXY;
    }

    private static Diagnosis tooLate(String endpoint, SocketTimeoutException e, IngestionSettings settings) {
        // The JDK has one type for both: "Connect timed out" and "Read timed out".
        return quoted(e).toLowerCase(Locale.ROOT).contains("connect")
                ? new Diagnosis(
                        "no connection to " + endpoint + " within " + inWords(settings.connectionTimeout())
                                + checkProxy(settings),
                        orProxy(Remedy.NETWORK, settings))
                : new Diagnosis(
                        "no answer from " + endpoint + " within " + inWords(settings.timeout()), Remedy.PATIENCE);
    }

    private static Diagnosis broken(String endpoint, SocketException e) {
        return new Diagnosis(
                quoted(e).startsWith("Unexpected end of file")
                        ? endpoint + " closed the connection without an answer"
                        : "the connection to " + endpoint + " broke: " + quoted(e),
                Remedy.PATIENCE);
    }

    private static Diagnosis other(String endpoint, IOException e) {
        String message = quoted(e);
        if (message.startsWith("Unable to tunnel through proxy")) {
            return new Diagnosis("no way to " + endpoint + "; check proxy (" + message + ")", Remedy.PROXY);
        }
        if (message.startsWith("Error writing request body")
                || message.startsWith("Incomplete output stream")
                || message.startsWith("insufficient data written")) {
            return new Diagnosis(endpoint + " closed the connection while the request was being sent", Remedy.PATIENCE);
        }
        if (message.startsWith("Invalid Http response")) {
            return new Diagnosis(endpoint + " did not answer in HTTP; check endpoint", Remedy.ENDPOINT);
        }
        return failed(endpoint, e);
    }

    private static Diagnosis failed(String endpoint, Throwable e) {
        return new Diagnosis(
                "the request to " + endpoint + " failed: " + e.getClass().getSimpleName(), Remedy.PATIENCE);
    }

    /** A cause may be its own cause's cause: the first twenty. */
    private static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .filter(cause -> !(cause instanceof NotSentException))
                .toList();
    }

    private static String quoted(Throwable e) {
        String message = e.getMessage();
        if (message == null) {
            return e.getClass().getSimpleName();
        }
        String line = message.replaceAll("\\p{Cntrl}+", " ").trim();
        return line.length() > MAX_QUOTE ? line.substring(0, MAX_QUOTE) + "..." : line;
    }

    private static <T extends Throwable> Optional<T> first(List<Throwable> causes, Class<T> type) {
        return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
