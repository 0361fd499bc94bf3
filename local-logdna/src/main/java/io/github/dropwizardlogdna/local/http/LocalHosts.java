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
 * The names under which this machine may be asked.
 *
 * <p>A socket on 127.0.0.1 is not enough to keep other people's pages out: any page on the web can have its own name
 * resolve to 127.0.0.1, and then talk, from the user's browser, to what answers there (DNS rebinding). The browser sends
 * that name in the Host header; and the name of the page that makes it send a request, in the Origin header.
 */
public final class LocalHosts {

    /** An address can't be rebound: what answers there is what the user asked for. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");

    private final Set<String> names = new TreeSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    private final boolean anyAddress;

    /**
     * @param bound the address that is listened on; for one of a network, all addresses are names of this machine
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
