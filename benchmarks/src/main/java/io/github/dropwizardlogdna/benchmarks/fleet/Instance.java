package io.github.dropwizardlogdna.benchmarks.fleet;

import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Reply;
import io.github.dropwizardlogdna.benchmarks.fleet.Retries.Attempt;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.util.random.RandomGenerator;

/** One service: it logs at a steady rate, and has one batch at a time under way. */
final class Instance {

    private final Client client;
    private final double linesPerSecond;
    private final RandomGenerator random;

    /** Lines that are in no batch yet, up to {@link #seen}. */
    private double waiting;

    private long seen;
    /** The lines of the batch that is being sent; 0 for none. */
    private double batch;

    private int attemptsOfBatch;
    private int failuresInARow;
    private long lastDelay;

    /** When it has something to do next. */
    private long at;

    private double logged;
    private double delivered;
    /** Dropped because the buffer was full. */
    private double full;
    /** Dropped because attempts were enough. */
    private double givenUp;

    /** @param at when it logs its first line */
    Instance(Client client, double linesPerSecond, long at, RandomGenerator random) {
        this.client = client;
        this.linesPerSecond = linesPerSecond;
        this.seen = at;
        this.at = at;
        this.random = random;
    }

    long at() {
        return at;
    }

    /** Makes its next request, if a batch is ready, and returns whether it was taken. */
    boolean step(Endpoint endpoint, Timeline timeline) {
        log(at);
        if (batch == 0 && !takeBatch()) {
            return false;
        }
        Reply reply = endpoint.receive(batch, at);
        Verdict refusal = reply.verdict();
        timeline.request(at, refusal == null);
        attemptsOfBatch++;
        if (refusal == null) {
            delivered += batch;
            failuresInARow = 0;
            nextBatch(reply.at());
            return true;
        }
        failuresInARow++;
        long delay = client.retries()
                .delayAfter(new Attempt(attemptsOfBatch, failuresInARow, lastDelay, reply.answered(), refusal), random);
        if (delay == Retries.GIVE_UP) {
            givenUp += batch;
            nextBatch(reply.at());
        } else {
            lastDelay = delay;
            at = reply.at() + delay;
        }
        return false;
    }

    private boolean takeBatch() {
        double enough = client.batching().enough(linesPerSecond);
        // Half a line, for what rounding the times costs.
        if (waiting < enough - 0.5) {
            at += Math.max(1, Virtual.nanos((enough - waiting) / linesPerSecond));
            return false;
        }
        batch = Math.min(waiting, client.batching().full(linesPerSecond));
        waiting -= batch;
        return true;
    }

    private void nextBatch(long now) {
        batch = 0;
        attemptsOfBatch = 0;
        at = now;
    }

    /** The lines up to now, and those among them for which there is no room. */
    private void log(long now) {
        double lines = linesPerSecond * Virtual.seconds(now - seen);
        seen = now;
        logged += lines;
        double room = Math.max(0, client.mostLines() - waiting - batch);
        waiting += Math.min(lines, room);
        full += Math.max(0, lines - room);
    }

    /** Whether it has next to no more to send than it would have without an outage. */
    boolean isDrained() {
        return batch == 0 && waiting <= 2 * client.batching().enough(linesPerSecond);
    }

    double logged() {
        return logged;
    }

    double delivered() {
        return delivered;
    }

    double full() {
        return full;
    }

    double givenUp() {
        return givenUp;
    }

    /** Lines that are neither delivered nor dropped. */
    double held() {
        return waiting + batch;
    }
}
