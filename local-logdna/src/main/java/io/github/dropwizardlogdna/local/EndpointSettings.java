package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.http.Limits;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import jakarta.annotation.Nullable;
import java.net.InetAddress;
import java.util.Set;

/**
 * The address, access rules and size of an endpoint.
 *
 * @param bind the address; with one that is not a loopback address, others on the network can read and write
 * @param port 0 for any free port
 * @param ingestionKey the only key that is accepted; null to accept any
 * @param hosts the names, in addition to localhost, by which senders and browsers address this machine
 * @param maxLines the number of lines, the newest, that a page shows when it is opened
 */
public record EndpointSettings(
        InetAddress bind, int port, @Nullable String ingestionKey, Set<String> hosts, int maxLines, Limits limits) {

    public EndpointSettings {
        hosts = Set.copyOf(hosts);
    }

    /** Settings for a port of 127.0.0.1 and any key. */
    public static EndpointSettings onPort(int port) {
        return new EndpointSettings(loopback(), port, null, Set.of(), LiveTail.MAX_LINES, Limits.standard());
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    public EndpointSettings withBind(InetAddress bind) {
        return new EndpointSettings(bind, port, ingestionKey, hosts, maxLines, limits);
    }

    public EndpointSettings withPort(int port) {
        return new EndpointSettings(bind, port, ingestionKey, hosts, maxLines, limits);
    }

    public EndpointSettings withIngestionKey(@Nullable String ingestionKey) {
        return new EndpointSettings(bind, port, ingestionKey, hosts, maxLines, limits);
    }

    public EndpointSettings withHosts(Set<String> hosts) {
        return new EndpointSettings(bind, port, ingestionKey, hosts, maxLines, limits);
    }

    public EndpointSettings withMaxLines(int maxLines) {
        return new EndpointSettings(bind, port, ingestionKey, hosts, maxLines, limits);
    }

    EndpointSettings withLimits(Limits limits) {
        return new EndpointSettings(bind, port, ingestionKey, hosts, maxLines, limits);
    }
}
