package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.shipping.Division.Failure;
import io.github.dropwizardlogdna.shipping.Division.Part;
import jakarta.annotation.Nullable;
import java.util.function.LongSupplier;

/**
 * Delivers batches, one request at a time. Owned by its thread, except for {@link #oldest}, {@link #settledLines} and
 * {@link #cutOff}. Several senders share the store, the limits and the status of the endpoint. Each claims its own batches,
 * so the order of batches is kept only if there is one sender.
 *
 * <p>A batch is sent whole, or in the parts of a {@link Division}. It leaves the store, and its bytes the budget, once each
 * of its lines is settled.
 */
final class Sender implements Worker.Task {

    /** In about a minute. */
    private static final int ATTEMPTS_WITHOUT_MEMORY = 10;

    /** Its number among the senders. */
    private final int id;

    private final Pipeline pipeline;
    private final BatchStore store;
    private final Counters counters;
    private final LearnedLimits limits;
    private final EndpointStatus endpoint;
    private final SenderSignals signals;
    private final Requests requests;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;

    /** The claimed batch, while it is delivered. */
    @Nullable
    private volatile Delivery delivery;

    /** How often in a row there was too little memory to prepare a request. */
    private int shortages;

    Sender(
            int id,
            Pipeline pipeline,
            EndpointStatus endpoint,
            SenderSignals signals,
            IngestionClient client,
            ShippingObserver observer,
            LongSupplier nanoTime) {
        this.id = id;
        this.pipeline = pipeline;
        this.store = pipeline.store();
        this.counters = pipeline.counters();
        this.limits = pipeline.limits();
        this.endpoint = endpoint;
        this.signals = signals;
        this.requests = new Requests(id, pipeline, endpoint, client, observer, nanoTime);
        this.observer = observer;
        this.nanoTime = nanoTime;
    }

    /**
     * Sends one request, if there is a batch and no pause. Returns after how many nanoseconds there may be more to do;
     * {@link WakeSignal#FOREVER} if only a new batch can cause more.
     */
    @Override
    public long step(long now) {
        Delivery current = delivery;
        if (current == null && !findsBatch()) {
            endpoint.idle(id, now, store.size() == 0);
            return WakeSignal.FOREVER;
        }
        long delay = endpoint.delay(id, now);
        if (delay > 0) {
            return delay;
        }
        if (current == null) {
            current = begin(now);
            if (current == null) { // claimed by another, or damaged
                return 0;
            }
        }
        if (current.division().isProbing()) {
            probe(current);
        } else {
            sendPart(current, now);
        }
        if (current.isSettled()) {
            end(current);
        } else {
            current.holdDivision();
        }
        return Math.max(0, endpoint.pausedUntil() - nanoTime.getAsLong());
    }

    /** Whether there is a batch to claim; if not, this sender will be woken for the next one. */
    private boolean findsBatch() {
        signals.setIdle(id);
        if (!store.hasBatchFor(id)) {
            return false;
        }
        signals.setBusy(id);
        return true;
    }

    @Nullable
    private Delivery begin(long now) {
        BatchStore.Stored claimed = store.claim(id);
        if (claimed == null) {
            return null;
        }
        Delivery begun = new Delivery(claimed, endpoint.expectsRefusal(now), pipeline);
        delivery = begun;
        return begun;
    }

    private void end(Delivery ended) {
        delivery = null;
        ended.release(store.remove(id));
    }

    private void sendPart(Delivery current, long now) {
        Division division = current.division();
        Part part;
        Requests.Prepared prepared;
        try {
            part = division.first(limits.largestBody(now), limits.gzip(now), limits.isGzipTrial(now));
            prepared = requests.prepare(current, part, now);
        } catch (OutOfMemoryError e) {
            awaitMemory(e);
            return;
        }
        shortages = 0;
        Batch batch = part.batch();
        long start = nanoTime.getAsLong();
        Verdict verdict = requests.send(prepared);
        long end = nanoTime.getAsLong();
        switch (verdict.outcome()) {
            case DELIVERED -> {
                limits.passed(batch.uncompressed(), batch.gzip(), end - start, end);
                taken(current, batch, division.numbers(part));
                endpoint.delivering(id, end);
            }
            case DELIVERED_IN_PART -> {
                limits.passed(batch.uncompressed(), batch.gzip(), end - start, end);
                settleByLine(current, part, verdict);
            }
            case RETRY -> pause(current, verdict);
            case NO_RESPONSE -> {
                limits.broke(batch.uncompressed(), start, end);
                failed(current, part, Failure.NO_RESPONSE, verdict);
            }
            case TIMED_OUT -> {
                boolean smallerMayPass = limits.timedOut(batch.uncompressed(), start, end) && batch.lines() > 1;
                if (smallerMayPass) {
                    pause(current, verdict);
                } else {
                    failed(current, part, Failure.NO_RESPONSE, verdict);
                }
            }
            case TOO_LARGE -> {
                if (!division.hasTaken(batch.uncompressed())) {
                    limits.tooLarge(batch.uncompressed(), start, end);
                }
                failed(current, part, Failure.SIZE, verdict);
            }
            case UNSUPPORTED_ENCODING -> {
                limits.gzipRefused(start, end);
                if (batch.gzip()) {
                    counters.requestFailed();
                } else {
                    failed(current, part, Failure.ERROR, verdict);
                }
            }
            case BAD_REQUEST -> failed(current, part, Failure.CONTENT, verdict);
            case SERVER_ERROR, KEY_REFUSED, SETTING_AT_FAULT -> failed(current, part, Failure.ERROR, verdict);
        }
    }

    /** Keeps the lines, because other code of the process may hold the memory for a moment only. */
    private void awaitMemory(OutOfMemoryError error) {
        if (++shortages > ATTEMPTS_WITHOUT_MEMORY) {
            shortages = 0;
            throw error; // perhaps smaller batches, which follow, do not need as much
        }
        Verdict verdict = requests.notPrepared(error);
        endpoint.failed(id, verdict, true, nanoTime.getAsLong());
    }

    /** The endpoint took these lines. */
    private void taken(Delivery current, Batch sent, int[] numbers) {
        current.taken(numbers, sent.uncompressed());
        counters.requestSent(sent.body().length);
        endpoint.accepted(id, nanoTime.getAsLong());
    }

    private void settleByLine(Delivery current, Part part, Verdict verdict) {
        LineOutcomes outcomes = LineOutcomes.of(current.division().numbers(part), verdict);
        if (outcomes.settled() == 0) {
            failed(current, part, Failure.LINE_BY_LINE, verdict);
            return;
        }
        if (outcomes.delivered().length > 0) {
            taken(current, part.batch(), outcomes.delivered());
        }
        drop(current, outcomes.refused(), DropReason.REFUSED, verdict);
        drop(current, outcomes.tooLarge(), DropReason.TOO_LARGE, verdict);
        if (outcomes.settled() < outcomes.total()) {
            pause(current, verdict); // the others again, before anything newer
        } else {
            endpoint.delivering(id, nanoTime.getAsLong());
        }
    }

    private void drop(Delivery current, int[] numbers, DropReason reason, Verdict why) {
        if (numbers.length > 0) {
            observer.linesRefused(why, numbers.length);
            current.drop(numbers, reason);
        }
    }

    /** The request has failed, perhaps because of its lines. */
    private void failed(Delivery current, Part part, Failure failure, Verdict verdict) {
        Division.Next next = current.division().failed(part, failure);
        switch (next) {
            case DROP -> {
                counters.requestFailed();
                drop(current, current.division().numbers(part), verdict);
            }
            case AT_ONCE -> {
                if (verdict.retryAfter().isPresent()) {
                    pause(current, verdict);
                } else {
                    counters.requestFailed();
                }
            }
            case PAUSE -> pause(current, verdict);
        }
    }

    /** Sends a line of the shipper, to find out whether the endpoint takes anything. No counter of lines includes it. */
    private void probe(Delivery current) {
        Verdict verdict = requests.sendProbe();
        boolean taken = verdict.outcome() == Outcome.DELIVERED
                || (verdict.outcome() == Outcome.DELIVERED_IN_PART
                        && verdict.lines().contains(Outcome.DELIVERED));
        if (taken) {
            endpoint.accepted(id, nanoTime.getAsLong());
            current.division().probeTaken();
        } else {
            current.division().probeFailed();
            pause(current, verdict);
        }
    }

    /** Keeps all lines, and sends nothing for a while. */
    private void pause(Delivery current, Verdict verdict) {
        counters.requestFailed();
        endpoint.failed(id, verdict, !current.division().isInVain(), nanoTime.getAsLong());
    }

    private void drop(Delivery current, int[] numbers, Verdict why) {
        boolean size = why.outcome() == Outcome.TOO_LARGE;
        drop(current, numbers, size ? DropReason.TOO_LARGE : DropReason.REFUSED, why);
        endpoint.refusedLines(nanoTime.getAsLong());
    }

    /**
     * Drops the rest of the batch after an error that would only come again, so that others can follow. Relies on the counts
     * only, because the error may have struck anywhere, and makes no objects, because memory may be short.
     */
    @Override
    public void recover() {
        Delivery failed = delivery;
        if (failed != null) {
            failed.dropRest();
            end(failed);
        }
        endpoint.release(id); // or the others would wait for it
    }

    @Override
    public void close() {
        requests.close();
    }

    /** Ends the request in flight, if there is one. Any thread. */
    void cutOff() {
        requests.cutOff();
    }

    /** Discards the batch that is being delivered. Call it once the thread has ended. */
    void discard() {
        delivery = null;
    }

    /** When the oldest line of the batch that is being delivered was appended, or {@code otherwise}. */
    long oldest(long otherwise) {
        Delivery current = delivery;
        return current == null ? otherwise : current.since();
    }

    /** How many lines of the batch that is being delivered are settled, if they are this process's. */
    int settledLines() {
        Delivery current = delivery;
        return current == null ? 0 : current.settledLines();
    }
}
