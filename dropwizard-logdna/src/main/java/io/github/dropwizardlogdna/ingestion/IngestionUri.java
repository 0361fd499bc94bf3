package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.annotation.Nullable;
import java.net.URI;
import java.net.URLEncoder;
import java.util.stream.Collectors;

/**
 * The URL of the ingestion endpoint: normalizes a configured one, makes it printable, and builds the URL of a request.
 *
 * <p>Values are encoded literally, never as URI templates, so a tag may contain braces, percent signs or ampersands.
 */
public final class IngestionUri {

    private static final String INGEST = "/logs/ingest";

    private IngestionUri() {}

    /**
     * The URL that requests are sent to. An empty path becomes {@code /logs/ingest}, and {@code /logs/ingest/} loses its
     * trailing slash; any other path is kept, as is a query. User information and fragment are removed, because neither
     * goes over the wire.
     */
    public static URI effective(URI endpoint) {
        String path = endpoint.getRawPath();
        if (path == null || path.isEmpty() || path.equals("/") || path.equals(INGEST + "/")) {
            path = INGEST;
        }
        String query = endpoint.getRawQuery();
        return URI.create(origin(endpoint) + path + (query == null ? "" : "?" + query));
    }

    /** The effective endpoint in a printable form: a query may contain a secret. */
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
    static URI of(URI endpoint, HostInfo host, long epochMillis) {
        StringBuilder uri = new StringBuilder(endpoint.toString());
        boolean hasQuery = endpoint.getRawQuery() != null;
        uri.append(hasQuery ? '&' : '?').append("hostname=").append(encoded(host.hostname()));
        append(uri, "mac", host.mac());
        append(uri, "ip", host.ip());
        uri.append("&now=").append(epochMillis);
        if (!host.tags().isEmpty()) {
            // The commas between tags are not encoded; a comma inside a tag is.
            uri.append("&tags=")
                    .append(host.tags().stream().map(IngestionUri::encoded).collect(Collectors.joining(",")));
        }
        return URI.create(uri.toString());
    }

    private static void append(StringBuilder uri, String name, @Nullable String value) {
        if (value != null) {
            uri.append('&').append(name).append('=').append(encoded(value));
        }
    }

    private static String encoded(String value) {
        // URLEncoder encodes for forms, where a space is a plus sign.
        return URLEncoder.encode(value, UTF_8).replace("+", "%20");
    }
}
