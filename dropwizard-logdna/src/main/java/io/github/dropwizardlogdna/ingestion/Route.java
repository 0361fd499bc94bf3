package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The machine to connect to on the way to the endpoint: the endpoint itself, or a proxy.
 *
 * <p>The JVM's proxy is read from system properties by the rules of the JDK (see its "Networking Properties"), not from
 * {@code ProxySelector.getDefault()}, which any code in the process may have replaced.
 *
 * @param host as in a URL; an IPv6 address without brackets
 * @param proxy the configured HTTP proxy; null for the JVM's proxy and for none
 */
record Route(Kind kind, String host, int port, @Nullable HttpProxy proxy) {

    enum Kind {
        DIRECT,
        HTTP_PROXY,
        SOCKS_PROXY
    }

    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int SOCKS_PORT = 1080;

    /** The hosts that the JDK always connects to directly, unless the property is empty. */
    private static final String LOCAL = "localhost|127.*|[::1]|0.0.0.0|[::0]";

    static Route to(IngestionSettings settings) {
        HttpProxy proxy = settings.proxy();
        return proxy == null
                ? ofTheJvm(settings.endpoint())
                : new Route(Kind.HTTP_PROXY, withoutBrackets(proxy.host()), proxy.port(), proxy);
    }

    boolean isProxied() {
        return kind != Kind.DIRECT;
    }

    /** The proxy for creating a socket; never null, so that the JVM's proxy selector is not used. */
    Proxy socks(InetSocketAddress address) throws UnknownHostException {
        if (kind != Kind.SOCKS_PROXY) {
            return Proxy.NO_PROXY;
        }
        // Without its name, which the JDK would look up once more, with no deadline and perhaps with another result.
        InetAddress nameless = InetAddress.getByAddress(address.getAddress().getAddress());
        return new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(nameless, address.getPort()));
    }

    static boolean isSecure(URI endpoint) {
        return "https".equalsIgnoreCase(endpoint.getScheme());
    }

    static int port(URI endpoint) {
        int port = endpoint.getPort();
        return port >= 0 ? port : isSecure(endpoint) ? HTTPS_PORT : HTTP_PORT;
    }

    static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Without credentials. */
    @Override
    public String toString() {
        return switch (kind) {
            case DIRECT -> "none";
            case HTTP_PROXY ->
                proxy != null ? proxy.toString() : "HTTP proxy " + host + ":" + port + ", which this JVM is set to";
            case SOCKS_PROXY -> "SOCKS proxy " + host + ":" + port + ", which this JVM is set to";
        };
    }

    private static Route ofTheJvm(URI endpoint) {
        String scheme = isSecure(endpoint) ? "https" : "http";
        String target = endpoint.getHost();
        for (String prefix : new String[] {scheme + ".proxy", "proxy"}) {
            String host = property(prefix + "Host");
            if (host != null) {
                return isExcepted(target, System.getProperty("http.nonProxyHosts"))
                        ? direct(endpoint)
                        : new Route(
                                Kind.HTTP_PROXY,
                                withoutBrackets(host),
                                port(prefix + "Port", isSecure(endpoint) ? HTTPS_PORT : HTTP_PORT),
                                null);
            }
        }
        String socks = property("socksProxyHost");
        return socks == null || isExcepted(target, System.getProperty("socksNonProxyHosts"))
                ? direct(endpoint)
                : new Route(Kind.SOCKS_PROXY, withoutBrackets(socks), port("socksProxyPort", SOCKS_PORT), null);
    }

    private static Route direct(URI endpoint) {
        return new Route(Kind.DIRECT, withoutBrackets(endpoint.getHost()), port(endpoint), null);
    }

    @Nullable
    private static String property(String name) {
        String value = System.getProperty(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static int port(String name, int otherwise) {
        Integer port = Integer.getInteger(name);
        return port == null || port < 1 || port > HttpProxy.MAX_PORT ? otherwise : port;
    }

    /** A pattern may have an asterisk at its beginning or its end. */
    private static boolean isExcepted(String host, @Nullable String property) {
        String patterns = property == null ? LOCAL : property.isEmpty() ? "" : property + "|" + LOCAL;
        String name = host.toLowerCase(Locale.ROOT);
        return Stream.of(patterns.toLowerCase(Locale.ROOT).split("\\|", -1))
                .anyMatch(pattern -> matches(name, pattern));
    }

    private static boolean matches(String name, String pattern) {
        if (pattern.isEmpty()) {
            return false;
        }
        if (pattern.startsWith("*")) {
            return name.endsWith(pattern.substring(1));
        }
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
