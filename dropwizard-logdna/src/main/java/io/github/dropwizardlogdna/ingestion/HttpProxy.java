package io.github.dropwizardlogdna.ingestion;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.annotation.Nullable;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.stream.Stream;

/**
 * An HTTP proxy and the credentials for it. Immutable.
 *
 * @param host a name or an address, which is looked up for each connection
 * @param credentials the user and the password; null for none
 */
public record HttpProxy(String host, int port, @Nullable PasswordAuthentication credentials) {

    static final int MAX_PORT = 65_535;

    private static final String SPECIAL_CHARACTERS =
            "must have the form http://user:password@host:port; percent-encode special characters in user and"
                    + " password (%40 for @, %2F for /), and substitute ${...}";

    /**
     * Parses {@code http://user:password@host:port}. User and password may be percent-encoded.
     *
     * @throws IllegalArgumentException if the URL has another form; the message names the form and does not quote the URL
     */
    public static HttpProxy parse(String url) {
        URI uri = uri(url.strip());
        // A slash, a question mark or a number sign in the password ends the authority.
        if (Stream.of(uri.getRawPath(), uri.getRawQuery(), uri.getRawFragment())
                .anyMatch(part -> part != null && part.contains("@"))) {
            throw new IllegalArgumentException(SPECIAL_CHARACTERS);
        }
        if (uri.getHost() == null && hasUnderscoreInHost(uri)) {
            throw new IllegalArgumentException(
                    "must not have an underscore (_) in its host name: Java rejects such names");
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("must have the form http://host:port or http://user:password@host:port;"
                    + " also for an https endpoint it is http");
        }
        if (uri.getPort() < 1 || uri.getPort() > MAX_PORT) {
            throw new IllegalArgumentException("must name a port between 1 and 65535, as in http://host:port");
        }
        boolean hasPath = uri.getRawPath() != null
                && !uri.getRawPath().isEmpty()
                && !uri.getRawPath().equals("/");
        if (hasPath || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must end with the port, as in http://host:port");
        }
        return new HttpProxy(uri.getHost(), uri.getPort(), credentials(uri.getRawUserInfo()));
    }

    private static boolean hasUnderscoreInHost(URI uri) {
        String authority = uri.getRawAuthority();
        return authority != null && authority.indexOf('_', authority.lastIndexOf('@') + 1) >= 0;
    }

    /** The value of {@code Proxy-Authorization}. */
    @Nullable
    String authorization() {
        if (credentials == null) {
            return null;
        }
        String userAndPassword = credentials.getUserName() + ":" + new String(credentials.getPassword());
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    private static URI uri(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            // Without the cause, whose message contains the URL.
            throw new IllegalArgumentException(SPECIAL_CHARACTERS);
        }
    }

    @Nullable
    private static PasswordAuthentication credentials(@Nullable String userInfo) {
        if (userInfo == null || userInfo.isEmpty()) {
            return null;
        }
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        if (user.isEmpty() || user.indexOf(':') >= 0) {
            throw new IllegalArgumentException("must name a user before the password, and without a colon in it");
        }
        String password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
        return new PasswordAuthentication(user, password.toCharArray());
    }

    private static String decoded(String text) {
        // URLDecoder decodes forms, where a plus sign is a space.
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    /** The URL without credentials. */
    @Override
    public String toString() {
        return "http://" + host + ":" + port;
    }
}
