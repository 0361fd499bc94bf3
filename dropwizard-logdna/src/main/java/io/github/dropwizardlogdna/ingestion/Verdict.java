package io.github.dropwizardlogdna.ingestion;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What became of one request.
 *
 * @param outcome what it means for the lines
 * @param reason in words, for a person who reads it at night: what was answered or what went wrong, and, where a
 *     setting is at fault, which one to look at. Never holds the key, a body or a password
 * @param remedy what a person can do
 * @param retryAfter how long the endpoint asked to be left alone, if it did, and at most {@link #MAX_RETRY_AFTER}
 * @param lines the fate of each line, in order; empty unless the outcome is {@link Outcome#DELIVERED_IN_PART}
 */
public record Verdict(
        Outcome outcome, String reason, Remedy remedy, Optional<Duration> retryAfter, List<Outcome> lines) {

    /** The longest {@code Retry-After} that is honoured. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

    public Verdict {
        lines = List.copyOf(lines);
    }

    /** With the usual remedy for such an outcome. */
    public Verdict(Outcome outcome, String reason, Optional<Duration> retryAfter, List<Outcome> lines) {
        this(outcome, reason, Remedy.of(outcome), retryAfter, lines);
    }

    /**
     * This verdict for an endpoint that has accepted the key before: perhaps the refusal is about a line, not the key.
     *
     * @param ago how long ago the endpoint last took a request
     */
    public Verdict afterTheKeyWasAccepted(Duration ago) {
        int guess = reason.indexOf(": "); // what the status usually means
        String answered = guess < 0 ? reason : reason.substring(0, guess);
        return new Verdict(
                Outcome.SERVER_ERROR,
                answered + ", but a request with this key was accepted " + ago.toSeconds()
                        + " s ago; perhaps a firewall objects to what a line holds, so the batch is divided to find out",
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
