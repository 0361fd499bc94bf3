package io.github.dropwizardlogdna.local.ingestion;

import io.github.dropwizardlogdna.local.http.Query;
import io.github.dropwizardlogdna.local.http.RequestHead;
import jakarta.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Where clients put the ingestion key: the header {@code apikey}, Basic authentication as the user (most) or as the
 * password (Ruby), and {@code apikey} in the query.
 */
final class Credentials {

    @Nullable
    private final byte[] expected;

    /**
     * @param ingestionKey the one that is taken; null to take any
     */
    Credentials(@Nullable String ingestionKey) {
        this.expected = ingestionKey == null ? null : ingestionKey.getBytes(StandardCharsets.UTF_8);
    }

    /** The keys that a request brings ahead of its body; none of them blank. */
    static List<String> of(RequestHead head, Query query) {
        List<String> keys = new ArrayList<>(head.headers("apikey"));
        head.headers("Authorization").forEach(value -> addBasic(value, keys));
        keys.addAll(query.all("apikey"));
        keys.removeIf(String::isBlank);
        return keys;
    }

    private static void addBasic(String authorization, List<String> keys) {
        if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            return;
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon < 0) {
                keys.add(pair);
            } else {
                keys.add(pair.substring(0, colon));
                keys.add(pair.substring(colon + 1));
            }
        } catch (IllegalArgumentException e) {
            // Not Base64, so no key.
        }
    }

    /** Refuses a request that has none of the right keys. */
    void check(List<String> keys) throws Refusal {
        if (keys.isEmpty()) {
            throw new Refusal(401, "Missing ingestion key.");
        }
        byte[] expected = this.expected;
        if (expected != null
                && keys.stream()
                        .noneMatch(key -> MessageDigest.isEqual(expected, key.getBytes(StandardCharsets.UTF_8)))) {
            throw new Refusal(403, "Account not found or inactive");
        }
    }
}
