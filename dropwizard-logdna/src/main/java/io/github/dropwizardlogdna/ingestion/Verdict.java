package io.github.dropwizardlogdna.ingestion;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The result of one request.
 *
 * @param outcome the consequence for the lines
 * @param reason a description for people: the response or the failure, and the setting to check if one is at fault. Never
 *     contains the key, a body or a password
 * @param remedy what to do about it
 * @param retryAfter the delay that the endpoint asked for, if any; at most {@link #MAX_RETRY_AFTER}
 * @param lines the outcome of each line, in order: {@link Outcome#DELIVERED}, {@link Outcome#BAD_REQUEST},
 *     {@link Outcome#TOO_LARGE} or {@link Outcome#RETRY}; empty unless {@code outcome} is
 *     {@link Outcome#DELIVERED_IN_PART}
 */
public record Verdict(
        Outcome outcome, String reason, Remedy remedy, Optional<Duration> retryAfter, List<Outcome> lines) {

    /** The longest {@code Retry-After} that is honoured. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

    public Verdict {
        lines = List.copyOf(lines);
    }

    /** Creates a verdict with the usual remedy for its outcome. */
    public Verdict(Outcome outcome, String reason, Optional<Duration> retryAfter, List<Outcome> lines) {
        this(outcome, reason, Remedy.of(outcome), retryAfter, lines);
    }

    /**
     * Changes a refusal of the key to a server error, because the endpoint has accepted the key before: perhaps it objects to
     * a line, not to the key.
     *
     * @param ago the time since the endpoint last accepted a request
     */
    public Verdict afterTheKeyWasAccepted(Duration ago) {
        int guess = reason.indexOf(": "); // followed by the usual meaning of the status
        String answered = guess < 0 ? reason : reason.substring(0, guess);
        return new Verdict(
                Outcome.SERVER_ERROR,
                answered + ", but a request with this key was accepted " + ago.toSeconds()
                        + " s ago; perhaps a firewall objects to the content of a line, so the batch is divided to find out",
                Remedy.KEY_OR_CONTENT,
                retryAfter,
                lines);
    }

    static Verdict of(Outcome outcome, String reason) {
        return of(outcome, reason, Remedy.of(outcome));
    }

    static Verdict of(Outcome outcome, String reason, Remedy remedy) {
        return new Verdict(outcome, reason, remedy, Optional.empty(), List.of());
    }
}
