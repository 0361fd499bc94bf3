package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.Body;
import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import jakarta.annotation.Nullable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Delivers batches, one request in flight, in their order. Owned by the sender's thread; other threads may ask for
 * {@link #pausedUntil}, {@link #isSending} and {@link #state}.
 *
 * <p>The head of the store is worked on in parts, at first one, which a 413, a 400 or a 207 divides. The head leaves the
 * store, and its bytes the budget, once each of its lines is settled.
 */
final class Sender {

    private static final long NONE = Long.MIN_VALUE;

    private final HandOff handOff;
    private final BatchStore store;
    private final Ledger ledger;
    private final EndpointTraits traits;
    private final LossReport losses;
    private final IngestionClient client;
    private final RetryPolicy retryPolicy;
    private final ShippingObserver observer;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;

    /** The head of the store, while it is being worked on. */
    @Nullable
    private Batch head;

    /** Whether the head comes from an earlier process: its lines are in none of this one's counts but recovered. */
    private boolean recovered;

    /** What the head holds of the budget only because it is being worked on. */
    private int heldForHead;

    /** How many of the head's lines are settled. Also read once this thread has ended. */
    private int settledOfHead;

    private final Deque<Batch> parts = new ArrayDeque<>();
    /**
     * Single lines that were refused while nothing of the batch had been taken yet: perhaps they are malformed, perhaps
     * every request is refused, whatever is in it.
     */
    private final List<Batch> suspects = new ArrayList<>();

    /** What was answered to the last of them. */
    @Nullable
    private Verdict suspicion;

    private boolean anythingTaken;
    /** How many requests of the head were called malformed; others say nothing about its lines. */
    private int refusals;

    private boolean lookingForSize;

    private int failures;
    private long failingSince;

    private volatile long headSince = NONE;
    private volatile long pausedUntil;
    private volatile boolean sending;
    private volatile boolean ended;
    private volatile SenderState state = SenderState.IDLE;

    Sender(
            Pipeline pipeline,
            IngestionClient client,
            RetryPolicy retryPolicy,
            ShippingObserver observer,
            TimeAndChance timeAndChance) {
        this.handOff = pipeline.handOff();
        this.store = pipeline.store();
        this.ledger = pipeline.ledger();
        this.traits = pipeline.traits();
        this.losses = pipeline.losses();
        this.client = client;
        this.retryPolicy = retryPolicy;
        this.observer = observer;
        this.nanoTime = timeAndChance.nanoTime();
        this.random = timeAndChance.random();
        this.pausedUntil = nanoTime.getAsLong();
    }

    /**
     * Sends one request, if there is a batch and the time for it has come, and returns after how many nanoseconds there
     * may be more to do; {@link Signal#FOREVER} where only a new batch can be the reason.
     */
    long step(long now) {
        if (head == null && !takeHead()) {
            state = SenderState.IDLE;
            return Signal.FOREVER;
        }
        if (pausedUntil - now > 0) {
            return pausedUntil - now;
        }
        Batch part = fit();
        Verdict verdict = send(part);
        settle(part, verdict);
        if (parts.isEmpty()) {
            settleHead();
        }
        return Math.max(0, pausedUntil - nanoTime.getAsLong());
    }

    private boolean takeHead() {
        BatchStore.Stored oldest = store.head();
        if (oldest == null) {
            return false;
        }
        head = oldest.batch();
        headSince = head.since();
        recovered = oldest.recovered();
        heldForHead = oldest.loaded() ? oldest.batch().held() : 0;
        ledger.holdBytes(heldForHead);
        startOver(oldest.batch());
        return true;
    }

    private void startOver(Batch batch) {
        parts.clear();
        suspects.clear();
        parts.add(batch);
        anythingTaken = false;
        refusals = 0;
        lookingForSize = false;
    }

    /** The first part, which stays the first, in a form that the endpoint may take, as far as is known. */
    private Batch fit() {
        Batch part = parts.removeFirst();
        Batch fitting = traits.gzip() ? part : part.inflated();
        while (fitting.uncompressed() > traits.largestBody() && fitting.lines() > 1) {
            List<Batch> halves = fitting.halves();
            parts.addFirst(halves.get(1));
            fitting = halves.get(0);
        }
        parts.addFirst(fitting);
        return fitting;
    }

    private Verdict send(Batch part) {
        if (failures > 0) {
            ledger.requestRetried();
        }
        long start = nanoTime.getAsLong();
        sending = true;
        try {
            return client.send(new Body(part.body(), part.gzip(), part.lines(), part.origin()));
        } catch (RuntimeException | Error e) {
            // Not the lines' fault (a class that is missing, memory that was short), so they stay.
            observer.internalError("the client", e);
            String reason = "the client failed: " + e.getClass().getSimpleName();
            return new Verdict(Outcome.RETRY, reason, Optional.empty(), List.of());
        } finally {
            sending = false;
            observer.requestEnded(nanoTime.getAsLong() - start);
        }
    }

    private void settle(Batch part, Verdict verdict) {
        switch (verdict.outcome()) {
            case DELIVERED -> {
                parts.removeFirst();
                taken(part, part.lines());
            }
            case DELIVERED_IN_PART -> settleByLine(part, verdict);
            case RETRY, KEY_REFUSED, SETTING_AT_FAULT -> pause(verdict);
            case BAD_REQUEST -> findTheBadLine(part, verdict);
            case TOO_LARGE -> shrink(part, verdict);
            case UNSUPPORTED_ENCODING -> {
                traits.takesNoGzip();
                if (!part.gzip()) {
                    pause(verdict);
                }
            }
        }
    }

    private void taken(Batch part, int lines) {
        ledger.requestSent(part.body().length);
        if (recovered) {
            ledger.recovered(lines);
        } else {
            ledger.delivered(lines);
        }
        settledOfHead += lines;
        anythingTaken = true;
        if (lookingForSize) {
            traits.takesNoMoreThan(part.uncompressed());
            lookingForSize = false;
        }
        dropSuspects(); // now that others were taken, it was these lines' own fault
        if (failures > 0) {
            observer.deliveryRecovered(failures, nanoTime.getAsLong() - failingSince);
            failures = 0;
        }
        pausedUntil = nanoTime.getAsLong();
        state = SenderState.DELIVERING;
    }

    private void settleByLine(Batch part, Verdict verdict) {
        BitSet again = new BitSet();
        BitSet refused = new BitSet();
        BitSet tooLarge = new BitSet();
        for (int i = 0; i < part.lines(); i++) {
            switch (verdict.lines().get(i)) {
                case DELIVERED, DELIVERED_IN_PART -> {}
                case BAD_REQUEST -> refused.set(i);
                case TOO_LARGE -> tooLarge.set(i);
                case RETRY, KEY_REFUSED, SETTING_AT_FAULT, UNSUPPORTED_ENCODING -> again.set(i);
            }
        }
        parts.removeFirst();
        int delivered = part.lines() - again.cardinality() - refused.cardinality() - tooLarge.cardinality();
        if (delivered > 0) {
            taken(part, delivered);
        }
        dropAll(part, refused, DropReason.REFUSED, verdict);
        dropAll(part, tooLarge, DropReason.TOO_LARGE, verdict);
        if (!again.isEmpty()) {
            // Before anything newer.
            parts.addFirst(part.only(again));
            pause(verdict);
        }
    }

    private void dropAll(Batch part, BitSet lines, DropReason reason, Verdict verdict) {
        if (!lines.isEmpty()) {
            observer.linesRefused(verdict, lines.cardinality());
            drop(part.only(lines), reason);
        }
    }

    /** Nothing was taken: keeps everything, and leaves the endpoint alone for a while. */
    private void pause(Verdict verdict) {
        long now = nanoTime.getAsLong();
        if (failures == 0) {
            failingSince = now;
        }
        failures++;
        ledger.requestFailed();
        long delay = retryPolicy.delayAfter(failures, verdict, random);
        pausedUntil = now + delay;
        state = SenderState.failing(verdict, failingSince);
        if (!ended) {
            observer.deliveryFailed(verdict, heldLines(), delay);
        }
    }

    private void findTheBadLine(Batch part, Verdict verdict) {
        ledger.requestFailed();
        refusals++;
        Batch whole = head == null ? part : head;
        if (part.lines() == 1) {
            parts.removeFirst();
            if (anythingTaken || whole.lines() == 1) {
                observer.linesRefused(verdict, 1);
                drop(part, DropReason.REFUSED);
            } else {
                suspects.add(part);
                suspicion = verdict;
            }
        } else {
            parts.removeFirst();
            List<Batch> halves = part.halves();
            parts.addFirst(halves.get(1));
            parts.addFirst(halves.get(0));
        }
        if (!anythingTaken && whole.lines() > 1 && refusals >= mostRequestsInVain(whole.lines())) {
            // Not a line, but the request is at fault: dropping would only drop everything, one line a request.
            keepAll(whole);
            pause(verdict);
        }
    }

    private void keepAll(Batch whole) {
        if (settledOfHead == 0) {
            startOver(whole);
        } else {
            // Some were dropped for their size, or by a 207, and must not be sent again. The suspects come first.
            for (int i = suspects.size() - 1; i >= 0; i--) {
                parts.addFirst(suspects.get(i));
            }
            suspects.clear();
            refusals = 0;
        }
    }

    private long heldLines() {
        return handOff.totalLines() - ledger.settled();
    }

    /** Enough to get down to one bad line, wherever it is, and to try its neighbour. */
    private static int mostRequestsInVain(int lines) {
        int halvings = 32 - Integer.numberOfLeadingZeros(lines - 1);
        return Math.max(2 * halvings, halvings + 2);
    }

    private void shrink(Batch part, Verdict verdict) {
        ledger.requestFailed();
        parts.removeFirst();
        if (part.lines() == 1) {
            observer.linesRefused(verdict, 1);
            drop(part, DropReason.TOO_LARGE);
        } else {
            lookingForSize = true;
            List<Batch> halves = part.halves();
            parts.addFirst(halves.get(1));
            parts.addFirst(halves.get(0));
        }
    }

    private void dropSuspects() {
        Verdict why = suspicion;
        if (why != null && !suspects.isEmpty()) {
            observer.linesRefused(why, suspects.size());
            for (Batch suspect : suspects) {
                drop(suspect, DropReason.REFUSED);
            }
            suspects.clear();
        }
    }

    private void drop(Batch dropped, DropReason reason) {
        if (recovered) {
            ledger.turnedAway(reason, dropped.lines());
        } else {
            ledger.lost(reason, dropped.lines());
        }
        settledOfHead += dropped.lines();
        dropped.eachLine(line -> losses.wasNotice(line, reason));
    }

    private void settleHead() {
        if (head == null) {
            return;
        }
        dropSuspects();
        head = null;
        headSince = NONE;
        settledOfHead = 0;
        ledger.releaseBytes(store.removeHead() + heldForHead);
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
            parts.clear();
            suspects.clear();
            settleHead();
        }
    }

    /** Forgets the batch that it is at work on. Once its thread has ended. */
    void letGo() {
        head = null;
        headSince = NONE;
        heldForHead = 0;
        parts.clear();
        suspects.clear();
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

    /** Until when the endpoint is left alone, on the clock of {@link System#nanoTime}; in the past where it is not. */
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
