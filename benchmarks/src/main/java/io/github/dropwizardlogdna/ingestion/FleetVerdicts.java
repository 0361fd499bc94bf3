package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Opens the appender's own reading of {@code Retry-After} to the simulation of a fleet. */
public final class FleetVerdicts {

    private FleetVerdicts() {}

    /**
     * What the appender makes of a request that was turned away.
     *
     * @param retryAfter the header, if there was one
     * @param now when the answer was read
     */
    public static Verdict turnedAway(@Nullable String retryAfter, Instant now) {
        return new Verdict(
                Outcome.RETRY,
                "turned away",
                retryAfter == null ? Optional.empty() : RetryAfter.parse(retryAfter, null, now),
                List.of());
    }
}
