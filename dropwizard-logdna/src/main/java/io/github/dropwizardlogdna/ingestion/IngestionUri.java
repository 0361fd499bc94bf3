package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.annotation.Nullable;
import java.net.URI;
import java.net.URLEncoder;
import java.util.stream.Collectors;

/**
 * The URL of the ingestion endpoint: how a configured one is read, shown, and completed for a request.
 *
 * <p>Values become part of the query as what they are. They are never treated as URI templates, so that a tag may hold
 * braces, percent signs or ampersands.
 */
public final class IngestionUri {

    private static final String INGEST = "/logs/ingest";

    private IngestionUri() {}

    /**
     * The URL that requests go to: a host alone gets the path {@code /logs/ingest}, and {@code /logs/ingest/} loses its
     * trailing slash; any other path stays, as does a query. User information and fragment are left out, because
     * neither goes over the wire.
     */
    public static URI effective(URI endpoint) {
        String path = endpoint.getRawPath();
        if (path == null || path.isEmpty() || path.equals("/") || path.equals(INGEST + "/")) {
            path = INGEST;
        }
        String query = endpoint.getRawQuery();
        return URI.create(origin(endpoint) + path + (query == null ? "" : "?" + query));
    }

    /** The effective endpoint as it may be shown to a person: a query may hold a secret. */
    public static String withoutQuery(URI endpoint) {
        URI effective = effective(endpoint);
        return origin(effective) + effective.getRawPath();
    }

    /** Scheme, host and port. */
    static String origin(URI endpoint) {
        String authority = endpoint.getRawAuthority();
        if (authority == null) {
            throw new IllegalArgumentException("The endpoint must be an absolute http or https URL");
        }
        return endpoint.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** The URL of one request to the effective endpoint. */
    static URI of(URI endpoint, Origin origin, long epochMillis) {
        StringBuilder uri = new StringBuilder(endpoint.toString());
        boolean hasQuery = endpoint.getRawQuery() != null;
        uri.append(hasQuery ? '&' : '?').append("hostname=").append(encoded(origin.hostname()));
        append(uri, "mac", origin.mac());
        append(uri, "ip", origin.ip());
        uri.append("&now=").append(epochMillis);
        if (!origin.tags().isEmpty()) {
            // The commas between the tags stay as they are: only one inside a tag is encoded.
            uri.append("&tags=")
                    .append(origin.tags().stream().map(IngestionUri::encoded).collect(Collectors.joining(",")));
        }
        return URI.create(uri.toString());
    }

    private static void append(StringBuilder uri, String name, @Nullable String value) {
        if (value != null) {
            uri.append('&').append(name).append('=').append(encoded(value));
        }
    }

    private static String encoded(String value) {
        // URLEncoder writes what forms use; a space is a plus sign only there.
        return URLEncoder.encode(value, UTF_8).replace("+", "%20");
    }
}
