package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Where to send to, and as whom.
 *
 * @param endpoint an absolute http or https URL; {@link IngestionUri#effective} is applied to it
 * @param ingestionKey never shown, not even in part
 * @param hostname asked anew for each request, on the sender's thread; it may be found late
 * @param ip left out when null
 * @param mac left out when null
 * @param tags left out when empty
 * @param connectionTimeout to establish a TCP connection, at least a millisecond
 * @param timeout from the first byte sent to the last byte of the answer read, at least a millisecond
 * @param proxy the way to the endpoint; null for what the JVM is configured to
 * @param tls what to trust and how to identify oneself; null for what the JVM is configured to
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

    /** Where the lines of this process come from. May take as long as the host's name takes to be found. */
    public Origin origin() {
        return new Origin(hostname.get(), ip, mac, tags);
    }

    /** Without the key, and without those parts of the endpoint that may hold another secret. */
    @Override
    public String toString() {
        return "IngestionSettings[endpoint=" + IngestionUri.withoutQuery(endpoint) + ", ingestionKey=***, ip=" + ip
                + ", mac=" + mac + ", tags=" + tags + ", connectionTimeout=" + connectionTimeout + ", timeout="
                + timeout + ", proxy=" + proxy + "]";
    }
}
