package io.github.dropwizardlogdna.local;

import io.github.dropwizardlogdna.local.http.Limits;
import io.github.dropwizardlogdna.local.tail.LiveTail;
import jakarta.annotation.Nullable;
import java.net.InetAddress;
import java.util.Set;

/**
 * Where and how an endpoint listens.
 *
 * @param bind the address; one that is not of the loopback interface lets others on the network read and write
 * @param port 0 for any free one
 * @param ingestionKey the one that is taken; null to take any
 * @param hosts the names beside localhost under which this machine is asked, by senders and by browsers
 * @param maxLines how many of the last lines a page that is opened shows
 */
public record EndpointSettings(
        InetAddress bind, int port, @Nullable String ingestionKey, Set<String> hosts, int maxLines, Limits limits) {

    public EndpointSettings {
        hosts = Set.copyOf(hosts);
    }

    /** On a port of 127.0.0.1, for any key. */
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
