package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The names by which this machine may be addressed.
 *
 * <p>Binding to 127.0.0.1 does not keep foreign web pages out: a page can let its own name resolve to 127.0.0.1 and then,
 * in the user's browser, talk to a server there (DNS rebinding). The browser sends that name in the Host header, and the
 * origin of the page that causes a request in the Origin header.
 */
public final class LocalHosts {

    /** An address is safe: it does not depend on DNS, so it can't be rebound. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

    private final Set<String> names = new TreeSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    private final boolean anyAddress;

    /**
     * @param bound the address that the server listens on; if others can reach it, every address is accepted
     * @param others further names
     */
    public LocalHosts(InetAddress bound, Set<String> others) {
        this.anyAddress = !bound.isLoopbackAddress();
        others.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether the value of a Host header names this machine; the port does not matter. */
    public boolean contain(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return names.contains(name) || (anyAddress && ADDRESS.matcher(name).matches());
    }

    /** Whether the value of an Origin header is that of a page of this machine. */
    public boolean containOrigin(String origin) {
        try {
            URI uri = new URI(origin);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && contain(uri.getHost());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
