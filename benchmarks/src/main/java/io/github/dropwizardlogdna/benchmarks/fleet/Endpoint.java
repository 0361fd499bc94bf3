package io.github.dropwizardlogdna.benchmarks.fleet;

import io.github.dropwizardlogdna.ingestion.FleetVerdicts;
import io.github.dropwizardlogdna.ingestion.Verdict;
import jakarta.annotation.Nullable;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * An endpoint that handles one request after the other, as fast as its capacity allows, keeps a second's worth of work
 * waiting, and turns away what comes beyond with a 429. Requests must come in the order of their times.
 */
final class Endpoint {

    /** What a request costs beside its lines, in lines. */
    static final double REQUEST_COST = 50;
    /** What it costs to turn one away. */
    static final double REFUSAL_COST = REQUEST_COST / 10;
    /** The work that may wait. */
    private static final long LONGEST_QUEUE = Virtual.SECOND;
    /** The network's part of a request and its answer. */
    static final long ROUND_TRIP = Virtual.SECOND / 20;

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT);

    private final double nanosPerLine;
    private final Outage outage;

    /** When all that was taken is handled. */
    private long freeAt;

    /** Whether and how the endpoint asks clients to wait. */
    enum Asks {
        NOTHING,
        /** 503 with {@code Retry-After: 60} in the outage, 429 with {@code Retry-After: 10} after it. */
        SECONDS,
        /** 503 with the date of the end of the outage, 429 without anything after it. */
        DATE
    }

    /** When it is away, in nanoseconds since the begin; and what it asks for. */
    record Outage(long from, long until, Asks asks) {

        boolean at(long now) {
            return now >= from && now < until;
        }
    }

    /**
     * What became of a request.
     *
     * @param at when the answer was read
     * @param verdict why it was not taken; null if it was
     * @param answered whether an answer refused it, and not the connection
     */
    record Reply(long at, @Nullable Verdict verdict, boolean answered) {}

    /** @param capacity the lines that it handles in a second, if they come in large requests */
    Endpoint(double capacity, Outage outage) {
        this.nanosPerLine = Virtual.SECOND / capacity;
        this.outage = outage;
    }

    Reply receive(double lines, long now) {
        long answerAt = now + ROUND_TRIP;
        if (outage.at(now)) {
            boolean connected = outage.asks() != Asks.NOTHING;
            return new Reply(answerAt, FleetVerdicts.turnedAway(inOutage(), Virtual.date(answerAt)), connected);
        }
        if (freeAt - now > LONGEST_QUEUE) {
            freeAt += Math.round(REFUSAL_COST * nanosPerLine);
            String retryAfter = outage.asks() == Asks.SECONDS ? "10" : null;
            return new Reply(answerAt, FleetVerdicts.turnedAway(retryAfter, Virtual.date(answerAt)), true);
        }
        freeAt = Math.max(freeAt, now) + Math.round((REQUEST_COST + lines) * nanosPerLine);
        return new Reply(freeAt + ROUND_TRIP, null, true);
    }

    @Nullable
    private String inOutage() {
        return switch (outage.asks()) {
            case NOTHING -> null;
            case SECONDS -> "60";
            case DATE -> HTTP_DATE.format(Virtual.date(outage.until()).atOffset(ZoneOffset.UTC));
        };
    }
}
