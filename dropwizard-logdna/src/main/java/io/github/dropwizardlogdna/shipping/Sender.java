package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Body;
import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Remedy;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.shipping.Division.Failure;
import io.github.dropwizardlogdna.shipping.Division.Part;
import jakarta.annotation.Nullable;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Delivers batches, one request in flight, in their order. Owned by the sender's thread; other threads may ask for
 * {@link #pausedUntil}, {@link #isSending} and {@link #state}.
 *
 * <p>The head of the store is sent whole, or in the parts of a {@link Division}. It leaves the store, and its bytes the
 * budget, once each of its lines is settled.
 */
final class Sender {

    /** True whatever happens to the line that it is sent for. */
    static final String PROBE =
            "The endpoint answers a line that was logged before this one with an error. This line was"
                    + " sent to find out whether it takes others.";

    private static final long NONE = Long.MIN_VALUE;
    /** For how long after a refusal an error is taken for another one rather than for an outage. */
    private static final long EXPECTS_REFUSALS = TimeUnit.MINUTES.toNanos(5);

    private final HandOff handOff;
    private final BatchStore store;
    private final Ledger ledger;
    private final LearnedLimits limits;
    private final LossReport losses;
    private final IngestionClient client;
    private final RetryPolicy retryPolicy;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    /** The head of the store, while it is being worked on; and how far that has got. */
    @Nullable
    private Batch head;

    @Nullable
    private Division division;

    /** Whether the head comes from an earlier process: its lines are in none of this one's counts but recovered. */
    private boolean recovered;

    /** What the head holds of the budget only because it is being worked on. */
    private int heldForHead;

    /** And what its division holds. */
    private int heldForDivision;

    /** How many of the head's lines are settled. Also read once this thread has ended. */
    private int settledOfHead;

    /** Why the lines that were set aside were not taken. */
    @Nullable
    private Verdict suspicion;

    private int failures;
    private long failingSince;
    /** When the endpoint last took a request. */
    private long acceptedAt = NONE;
    /** When it last refused a line for good. */
    private long refusedAt = NONE;

    private volatile long headSince = NONE;
    private volatile long pausedUntil;
    private volatile boolean sending;
    private volatile boolean ended;
    private volatile SenderState state;

    Sender(
            Pipeline pipeline,
            IngestionClient client,
            RetryPolicy retryPolicy,
            ShippingObserver observer,
            TimeAndChance timeAndChance) {
        this.handOff = pipeline.handOff();
        this.store = pipeline.store();
        this.ledger = pipeline.ledger();
        this.limits = pipeline.limits();
        this.losses = pipeline.losses();
        this.client = client;
        this.retryPolicy = retryPolicy;
        this.observer = observer;
        this.nanoTime = timeAndChance.nanoTime();
        this.random = timeAndChance.random();
        this.pausedUntil = nanoTime.getAsLong();
        this.state = SenderState.idle(pausedUntil);
    }

    /**
     * Sends one request, if there is a batch and the time for it has come. Returns after how many nanoseconds there may
     * be more to do; {@link Signal#FOREVER} if only a new batch can be the reason.
     */
    long step(long now) {
        if (division == null && !takeHead(now)) {
            if (state.kind() != SenderState.Kind.IDLE) {
                state = SenderState.idle(now);
            }
            return Signal.FOREVER;
        }
        if (pausedUntil - now > 0) {
            return pausedUntil - now;
        }
        if (state.kind() == SenderState.Kind.IDLE) {
            state = SenderState.delivering(now);
        }
        Division current = Objects.requireNonNull(division);
        if (current.isProbing()) {
            probe(current);
        } else {
            sendPart(current, now);
        }
        if (current.isSettled()) {
            settleHead();
        } else {
            hold(current);
        }
        return Math.max(0, pausedUntil - nanoTime.getAsLong());
    }

    private boolean takeHead(long now) {
        BatchStore.Stored oldest = store.head();
        if (oldest == null) {
            return false;
        }
        Batch batch = oldest.batch();
        boolean expectsRefusal = refusedAt != NONE && now - refusedAt < EXPECTS_REFUSALS;
        Division fresh = new Division(batch, expectsRefusal);
        head = batch;
        division = fresh;
        headSince = batch.since();
        recovered = oldest.recovered();
        heldForHead = oldest.loaded() ? batch.held() : 0;
        ledger.holdBytes(heldForHead);
        return true;
    }

    /** Counts what dividing the head takes of memory. */
    private void hold(Division current) {
        int more = current.held() - heldForDivision;
        heldForDivision += more;
        ledger.holdBytes(more);
    }

    private void sendPart(Division current, long now) {
        Part part = current.first(limits.largestBody(now), limits.gzip(now), limits.isGzipTrial(now));
        Batch batch = part.batch();
        long start = nanoTime.getAsLong();
        Verdict verdict = send(new Body(batch.body(), batch.gzip(), batch.lines(), batch.origin()));
        long end = nanoTime.getAsLong();
        switch (verdict.outcome()) {
            case DELIVERED -> {
                limits.passed(batch.uncompressed(), batch.gzip(), end - start, end);
                taken(current, batch, current.numbers(part));
                state = delivering(end);
            }
            case DELIVERED_IN_PART -> {
                limits.passed(batch.uncompressed(), batch.gzip(), end - start, end);
                settleByLine(current, part, verdict);
            }
            case RETRY -> pause(verdict);
            case TIMED_OUT -> {
                limits.timedOut(batch.uncompressed(), end - start);
                pause(verdict);
            }
            case TOO_LARGE -> {
                if (!current.hasTaken(batch.uncompressed())) {
                    limits.tooLarge(batch.uncompressed(), end);
                }
                failed(current, part, Failure.SIZE, verdict);
            }
            case UNSUPPORTED_ENCODING -> {
                limits.gzipRefused(end);
                if (batch.gzip()) {
                    ledger.requestFailed();
                } else {
                    failed(current, part, Failure.ERROR, verdict);
                }
            }
            case BAD_REQUEST -> failed(current, part, Failure.CONTENT, verdict);
            case SERVER_ERROR, KEY_REFUSED, SETTING_AT_FAULT -> failed(current, part, Failure.ERROR, verdict);
        }
    }

    private Verdict send(Body body) {
        if (failures > 0) {
            ledger.requestRetried();
        }
        long start = nanoTime.getAsLong();
        sending = true;
        try {
            return client.send(body);
        } catch (RuntimeException | Error e) {
            // Not the lines' fault (a class that is missing, memory that was short), so they stay.
            observer.internalError("the client", e);
            String reason = "the client failed: " + e.getClass().getSimpleName();
            Remedy remedy = e instanceof LinkageError ? Remedy.CLASS_PATH : Remedy.PATIENCE;
            return new Verdict(Outcome.RETRY, reason, remedy, Optional.empty(), List.of());
        } finally {
            sending = false;
            observer.requestEnded(nanoTime.getAsLong() - start);
        }
    }

    private void taken(Division current, Batch batch, int[] numbers) {
        if (recovered) {
            ledger.recovered(numbers.length);
        } else {
            ledger.delivered(numbers.length);
        }
        settledOfHead += numbers.length;
        current.taken(batch.uncompressed());
        accepted(batch.body().length);
        Verdict why = suspicion;
        int[] suspects = current.suspects();
        if (why != null && suspects.length > 0) {
            drop(current, suspects, why); // others were taken before and after
        }
        suspicion = null;
        current.settle(numbers);
    }

    /** The endpoint took something. */
    private void accepted(int bytes) {
        long now = nanoTime.getAsLong();
        ledger.requestSent(bytes);
        if (failures > 0) {
            observer.deliveryRecovered(failures, now - failingSince);
            failures = 0;
        }
        acceptedAt = now;
        pausedUntil = now;
    }

    private SenderState delivering(long now) {
        return state.kind() == SenderState.Kind.DELIVERING ? state : SenderState.delivering(now);
    }

    private void settleByLine(Division current, Part part, Verdict verdict) {
        int[] numbers = current.numbers(part);
        int[] delivered = chosen(numbers, verdict, Outcome.DELIVERED, Outcome.DELIVERED_IN_PART);
        int[] tooLarge = chosen(numbers, verdict, Outcome.TOO_LARGE);
        int[] refused = chosen(
                numbers,
                verdict,
                Outcome.BAD_REQUEST,
                Outcome.KEY_REFUSED,
                Outcome.SETTING_AT_FAULT,
                Outcome.UNSUPPORTED_ENCODING);
        boolean keyRefused = verdict.lines().stream().allMatch(outcome -> outcome == Outcome.KEY_REFUSED);
        if (keyRefused || delivered.length + tooLarge.length + refused.length == 0) {
            failed(current, part, keyRefused ? Failure.ERROR : Failure.LINE_BY_LINE, verdict);
            return;
        }
        if (delivered.length > 0) {
            taken(current, part.batch(), delivered);
        }
        if (refused.length > 0) {
            observer.linesRefused(verdict, refused.length);
            drop(current, refused, DropReason.REFUSED);
        }
        if (tooLarge.length > 0) {
            observer.linesRefused(verdict, tooLarge.length);
            drop(current, tooLarge, DropReason.TOO_LARGE);
        }
        if (delivered.length + refused.length + tooLarge.length < numbers.length) {
            pause(verdict); // the others again, before anything newer
        } else {
            state = delivering(nanoTime.getAsLong());
        }
    }

    private static int[] chosen(int[] numbers, Verdict verdict, Outcome... outcomes) {
        List<Outcome> wanted = List.of(outcomes);
        int[] chosen = new int[numbers.length];
        int count = 0;
        for (int i = 0; i < numbers.length; i++) {
            if (wanted.contains(verdict.lines().get(i))) {
                chosen[count++] = numbers[i];
            }
        }
        return Arrays.copyOf(chosen, count);
    }

    /** The endpoint answered, and took nothing. */
    private void failed(Division current, Part part, Failure failure, Verdict verdict) {
        Division.Next next = current.failed(part, failure);
        if (current.suspects().length > 0 && suspicion == null) {
            suspicion = verdict;
        }
        switch (next) {
            case DROP -> {
                ledger.requestFailed();
                drop(current, current.numbers(part), verdict);
            }
            case AT_ONCE -> {
                if (verdict.retryAfter().isPresent()) {
                    pause(verdict);
                } else {
                    ledger.requestFailed();
                }
            }
            case PAUSE -> pause(verdict);
        }
    }

    /** Sends a line of our own, to find out whether the endpoint takes anything. It is in none of the counts of lines. */
    private void probe(Division current) {
        Verdict verdict = sendProbe();
        boolean taken = verdict.outcome() == Outcome.DELIVERED
                || (verdict.outcome() == Outcome.DELIVERED_IN_PART
                        && verdict.lines().contains(Outcome.DELIVERED));
        if (taken) {
            accepted(0);
            current.probeTaken();
        } else {
            current.probeFailed();
            suspicion = null;
            pause(verdict);
        }
    }

    private Verdict sendProbe() {
        byte[] line;
        try {
            line = losses.encodedNotice(PROBE);
        } catch (RuntimeException | Error e) {
            observer.internalError("the encoder of the shipper's own lines", e);
            return new Verdict(
                    Outcome.RETRY, "a line to test the endpoint can't be encoded", Optional.empty(), List.of());
        }
        OpenBatch open = new OpenBatch(false);
        open.add(line, 0, line.length, 1);
        return send(new Body(open.close(nanoTime.getAsLong(), null).body(), false, 1));
    }

    /** Keeps everything, and leaves the endpoint alone for a while. */
    private void pause(Verdict verdict) {
        long now = nanoTime.getAsLong();
        if (failures == 0) {
            failingSince = now;
        }
        failures++;
        ledger.requestFailed();
        boolean mayPass = acceptedAt != NONE && division != null && !division.isInVain();
        Verdict shown = mayPass && verdict.outcome() == Outcome.KEY_REFUSED
                ? verdict.afterTheKeyWasAccepted(Duration.ofNanos(now - acceptedAt))
                : verdict;
        long delay = retryPolicy.delayAfter(failures, shown, mayPass, random);
        pausedUntil = now + delay;
        state = SenderState.failing(shown, failingSince);
        if (!ended) {
            observer.deliveryFailed(shown, heldLines(), delay);
        }
    }

    private long heldLines() {
        return handOff.totalLines() - ledger.settled();
    }

    private void drop(Division current, int[] numbers, Verdict why) {
        boolean size = why.outcome() == Outcome.TOO_LARGE;
        observer.linesRefused(why, numbers.length);
        drop(current, numbers, size ? DropReason.TOO_LARGE : DropReason.REFUSED);
        refusedAt = nanoTime.getAsLong();
    }

    private void drop(Division current, int[] numbers, DropReason reason) {
        for (int number : numbers) {
            losses.wasNotice(current.line(number), reason);
        }
        if (recovered) {
            ledger.turnedAway(reason, numbers.length);
        } else {
            ledger.lost(reason, numbers.length);
        }
        settledOfHead += numbers.length;
        current.dropped();
        current.settle(numbers);
    }

    private void settleHead() {
        head = null;
        division = null;
        suspicion = null;
        headSince = NONE;
        settledOfHead = 0;
        int held = heldForHead + heldForDivision;
        heldForHead = 0;
        heldForDivision = 0;
        ledger.releaseBytes(store.removeHead() + held);
    }

    /**
     * After an error that would only come again: drops what is left of the head, so that the others can follow. Relies
     * on nothing but the counts, as the error may have struck anywhere, and makes nothing, as memory may be short.
     */
    void dropHead() {
        Batch failed = head;
        if (failed != null) {
            int left = failed.lines() - settledOfHead;
            settledOfHead += left;
            if (recovered) {
                ledger.turnedAway(DropReason.FAILED, left);
            } else {
                ledger.lost(DropReason.FAILED, left);
            }
            settleHead();
        }
    }

    /** Forgets the batch that it is at work on. Once its thread has ended. */
    void letGo() {
        head = null;
        division = null;
        headSince = NONE;
        heldForHead = 0;
        heldForDivision = 0;
    }

    /** No attempt follows any more, so none is announced. Any thread. */
    void end() {
        ended = true;
    }

    /** When the oldest line of the batch that is being worked on was handed over, or {@code otherwise}. */
    long oldest(long otherwise) {
        long since = headSince;
        return since == NONE ? otherwise : since;
    }

    /** Until when the endpoint is left alone, on the clock of {@link System#nanoTime}; in the past if it is not. */
    long pausedUntil() {
        return pausedUntil;
    }

    /** Whether a request is under way. */
    boolean isSending() {
        return sending;
    }

    /** How many lines of the batch that is being worked on are settled, if they are this process's. */
    int settledOfHead() {
        return recovered ? 0 : settledOfHead;
    }

    SenderState state() {
        return state;
    }
}
