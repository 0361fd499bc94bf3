package io.github.dropwizardlogdna.local.ingestion;

import io.github.dropwizardlogdna.local.http.Exchange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Decides how valid requests are answered: they are accepted, unless a test asks for something else. Thread-safe.
 */
public final class Answers {

    private static final Behaviour TAKE = new Behaviour(Kind.STATUS, 200, Map.of());

    private enum Kind {
        STATUS,
        HANG,
        RESET
    }

    private record Behaviour(Kind kind, int status, Map<String, String> headers) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Behaviour> next = new ArrayDeque<>();
    /** The behaviours after those, in turn. */
    private List<Behaviour> always = List.of(TAKE);

    private int turn;
    private Predicate<Line> refused = line -> false;

    /** The requests left unanswered. */
    private final List<Exchange> hanging = new ArrayList<>();

    /** The answer to one batch. */
    record Answer(
            boolean hangs,
            boolean resets,
            int status,
            Map<String, String> headers,
            List<Integer> lineStatuses,
            Batch taken) {}

    Answer next(Batch batch) {
        Behaviour behaviour;
        Predicate<Line> refuses;
        lock.lock();
        try {
            behaviour = next.isEmpty() ? always.get(turn++ % always.size()) : next.remove();
            refuses = refused;
        } finally {
            lock.unlock();
        }
        List<Integer> statuses = batch.lines().stream()
                .map(line -> refuses.test(line) ? 400 : 200)
                .toList();
        boolean takesAll = behaviour.status() >= 300 || !statuses.contains(400);
        return new Answer(
                behaviour.kind() == Kind.HANG,
                behaviour.kind() == Kind.RESET,
                takesAll ? behaviour.status() : 207,
                behaviour.headers(),
                statuses,
                takesAll ? batch : withoutRefused(batch, statuses));
    }

    private static Batch withoutRefused(Batch batch, List<Integer> statuses) {
        List<Line> taken = IntStream.range(0, statuses.size())
                .filter(i -> statuses.get(i) == 200)
                .mapToObj(batch.lines()::get)
                .toList();
        return new Batch(batch.receivedAt(), batch.hostname(), batch.tags(), taken, batch.transfer());
    }

    /** Answers each request with this status from now on. */
    public void always(int status, Map<String, String> headers) {
        set(new Behaviour(Kind.STATUS, status, Map.copyOf(headers)));
    }

    /** Answers the requests with these statuses in turn from now on. */
    public void inTurn(int... statuses) {
        if (statuses.length == 0) {
            throw new IllegalArgumentException("An answer has a status");
        }
        set(IntStream.of(statuses)
                .mapToObj(status -> new Behaviour(Kind.STATUS, status, Map.of()))
                .toArray(Behaviour[]::new));
    }

    /** Keeps an unanswered request until another behaviour is set, and then cuts it off. */
    void hold(Exchange exchange) {
        lock.lock();
        try {
            if (always.stream().anyMatch(behaviour -> behaviour.kind() == Kind.HANG)) {
                hanging.add(exchange);
            } else {
                exchange.reset(); // the behaviour was set while the request was on its way here
            }
        } finally {
            lock.unlock();
        }
    }

    public int hanging() {
        lock.lock();
        try {
            return hanging.size();
        } finally {
            lock.unlock();
        }
    }

    /** Leaves requests unanswered from now on. They are cut off when another behaviour is set. */
    public void hang() {
        set(new Behaviour(Kind.HANG, 200, Map.of()));
    }

    /** Closes the connection of each request without an answer from now on. */
    public void reset() {
        set(new Behaviour(Kind.RESET, 200, Map.of()));
    }

    private void set(Behaviour... behaviours) {
        lock.lock();
        try {
            always = List.of(behaviours);
            turn = 0;
            cutOffHanging();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the connections of unanswered requests. Their lines were not accepted, so the sender may send them again. */
    private void cutOffHanging() {
        hanging.forEach(Exchange::reset);
        hanging.clear();
    }

    /** Answers one request with this status, after the statuses that were queued before. */
    public void once(int status, Map<String, String> headers) {
        lock.lock();
        try {
            next.add(new Behaviour(Kind.STATUS, status, Map.copyOf(headers)));
        } finally {
            lock.unlock();
        }
    }

    /** Refuses these lines with a 207, and accepts the others of their batch. */
    public void refuse(Predicate<Line> lines) {
        lock.lock();
        try {
            refused = refused.or(lines);
        } finally {
            lock.unlock();
        }
    }

    /** Accepts everything again. */
    public void takeAll() {
        lock.lock();
        try {
            next.clear();
            cutOffHanging();
            always = List.of(TAKE);
            turn = 0;
            refused = line -> false;
        } finally {
            lock.unlock();
        }
    }
}
