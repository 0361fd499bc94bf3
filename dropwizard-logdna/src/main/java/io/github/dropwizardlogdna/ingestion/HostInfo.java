package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.util.List;

/**
 * The host that lines come from, which is sent once per request. Spooled lines keep theirs, because a process on another
 * host or with another configuration may send them.
 *
 * @param hostname the machine's name
 * @param ip left out when null
 * @param mac left out when null
 * @param tags left out when empty
 */
public record HostInfo(
        String hostname, @Nullable String ip, @Nullable String mac, List<String> tags) {

    public HostInfo {
        tags = List.copyOf(tags);
    }
}
