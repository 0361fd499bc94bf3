package io.github.dropwizardlogdna.local.http;

import java.time.Duration;

/**
 * What a client may cost.
 *
 * @param connections how many may be open; one more closes the one that is least in use
 * @param heldBytes the bytes of all requests' bodies that are in memory at once; a request beyond it is answered with 503
 * @param headTime how long the head of a request may take, from its first byte
 * @param idleTime how long a connection stays open without a request, or without reading what it is sent
 * @param bodyGrace how long a body may take beyond what its bytes take at the least rate
 * @param minBytesPerSecond the least rate at which a body must arrive
 * @param heartbeat how often a stream that has nothing to send sends its heartbeat
 */
public record Limits(
        int connections,
        long heldBytes,
        Duration headTime,
        Duration idleTime,
        Duration bodyGrace,
        int minBytesPerSecond,
        Duration heartbeat) {

    public static Limits standard() {
        return new Limits(
                1_000,
                // At least one body of the largest size, and never much of a small heap.
                Math.max(12_000_000, Math.min(128_000_000, Runtime.getRuntime().maxMemory() / 8)),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                4_096,
                Duration.ofSeconds(10));
    }
}
