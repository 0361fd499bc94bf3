package io.github.dropwizardlogdna.local.tail;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names under which a browser may ask for the tail.
 *
 * <p>A socket on 127.0.0.1 is not enough to keep what was logged on this machine: any page on the web can have its own
 * name resolve to 127.0.0.1 and then read, from the user's browser, what answers there (DNS rebinding). The browser tells
 * that name in the Host header.
 */
final class LocalHosts {

    private final Set<String> names = new TreeSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));

    LocalHosts(Set<String> others) {
        others.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether a request for this host, without its port, is answered. */
    boolean contain(String host) {
        return names.contains(host.toLowerCase(Locale.ROOT));
    }
}
