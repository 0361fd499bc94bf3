package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.util.List;

/**
 * Where lines come from, as far as it is not in the lines themselves. It belongs to them: lines that a spool has kept
 * may be sent by a process that runs elsewhere and is configured otherwise.
 *
 * @param hostname the machine's name
 * @param ip left out when null
 * @param mac left out when null
 * @param tags left out when empty
 */
public record Origin(
        String hostname, @Nullable String ip, @Nullable String mac, List<String> tags) {

    public Origin {
        tags = List.copyOf(tags);
    }
}
