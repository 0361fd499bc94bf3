package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The endpoint, the identity of this service, and the way to connect.
 *
 * @param endpoint an absolute http or https URL; {@link IngestionUri#effective} is applied to it
 * @param ingestionKey never printed, not even in part
 * @param hostname called on shipping threads for each request and each spooled batch: the name may become known late
 * @param ip left out when null
 * @param mac left out when null
 * @param tags left out when empty
 * @param connectionTimeout to establish a TCP connection, at least a millisecond
 * @param timeout from the first byte sent to the last byte of the answer read, at least a millisecond
 * @param proxy the configured proxy; null for the JVM's settings
 * @param tls trust and key material; null for the JVM's settings
 */
public record IngestionSettings(
        URI endpoint,
        String ingestionKey,
        Supplier<String> hostname,
        @Nullable String ip,
        @Nullable String mac,
        List<String> tags,
        Duration connectionTimeout,
        Duration timeout,
        @Nullable HttpProxy proxy,
        @Nullable SSLContext tls) {

    public IngestionSettings {
        endpoint = IngestionUri.effective(endpoint);
        tags = List.copyOf(tags);
    }

    /** The host of this process. May block until the host's name is known. */
    public HostInfo hostInfo() {
        return new HostInfo(hostname.get(), ip, mac, tags);
    }

    /** Without the key, and without the parts of the endpoint that may contain another secret. */
    @Override
    public String toString() {
        return "IngestionSettings[endpoint=" + IngestionUri.withoutQuery(endpoint) + ", ingestionKey=***, ip=" + ip
                + ", mac=" + mac + ", tags=" + tags + ", connectionTimeout=" + connectionTimeout + ", timeout="
                + timeout + ", proxy=" + proxy + "]";
    }
}
