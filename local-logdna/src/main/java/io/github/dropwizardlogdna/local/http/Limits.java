package io.github.dropwizardlogdna.local.http;

import java.time.Duration;

/**
 * Limits on the cost of clients.
 *
 * @param connections the most open connections; a further one closes the least used one
 * @param heldBytes the most bytes of all requests' bodies in memory; a request beyond it is answered with 503
 * @param headTime the time to receive the head of a request, from its first byte
 * @param idleTime the time after which a connection without a request, or whose client does not read, is closed
 * @param bodyGrace the time that a body may take in addition to what its bytes take at the minimum rate
 * @param minBytesPerSecond the minimum rate of a body
 * @param heartbeat the interval of heartbeats on an idle stream
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
                // Room for at least one body of the largest size, but only a small share of a small heap.
                Math.max(12_000_000, Math.min(128_000_000, Runtime.getRuntime().maxMemory() / 8)),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10),
                4_096,
                Duration.ofSeconds(10));
    }
}
