package io.github.dropwizardlogdna.benchmarks.chaos;

import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Records which lines arrived, and checks order and duplicates. Thread-safe: each method holds the object's lock.
 *
 * <p>A duplicate is allowed if the response to the previous copy may have been lost: the endpoint did not send it, or took more
 * than half of the client's timeout, or accepted the previous copy in a {@link Window}.
 */
final class DeliveryLedger {

    /** After this time from the end of a pause to the next request, the machine counts as starved. */
    private static final long LATE_AFTER_PAUSE = TimeUnit.SECONDS.toNanos(1);

    private static final int MOST_SHOWN = 50;

    private final Map<LineId.Stream, BitSet> acceptedLines = new HashMap<>();
    private final Map<LineId.Stream, Integer> newest = new HashMap<>();
    private final Set<LineId> refused = new HashSet<>();
    /** Lines that a 207 deferred: they may arrive after newer ones. */
    private final Set<LineId> deferred = new HashSet<>();
    /** The request by which a line was last accepted. */
    private final Map<LineId, Request> acceptedBy = new HashMap<>();

    private final long clientTimeout;
    private final List<Window> lostResponses = new ArrayList<>();
    /** The last pause of the service, until the first request after it. */
    @Nullable
    private Pause pause;

    private final List<String> broken = new ArrayList<>();
    private long brokenInTotal;
    private long allowedDuplicates;
    private long lines;
    private long missingAsReported;

    DeliveryLedger(long clientTimeout) {
        this.clientTimeout = clientTimeout;
    }

    /** The endpoint has received a request and is about to look at it. */
    synchronized Request arrived(long now) {
        if (pause != null && now - pause.to >= 0) {
            // A service that gets no CPU after a pause can't tell whether a response came in time.
            if (now - pause.to > LATE_AFTER_PAUSE) {
                lostResponses.add(new Window(pause.from, pause.to));
            }
            pause = null;
        }
        return new Request(now);
    }

    /** The endpoint accepted these lines and is about to respond. */
    synchronized void accepted(List<LineId> ids, Request request, long now) {
        request.acceptedAt = now;
        for (LineId id : ids) {
            lines++;
            BitSet ofStream = acceptedLines.computeIfAbsent(id.stream(), s -> new BitSet());
            Request previous = acceptedBy.put(id, request);
            if (previous != null) {
                if (responseMayBeLost(previous, now)) {
                    allowedDuplicates++;
                } else {
                    broken("arrived twice, although no response was lost: " + id);
                }
            } else {
                ofStream.set(id.sequence());
                int before = newest.getOrDefault(id.stream(), -1);
                if (id.sequence() < before && !deferred.contains(id)) {
                    broken("arrived after " + before + ": " + id);
                }
                newest.put(id.stream(), Math.max(before, id.sequence()));
            }
        }
    }

    /** The endpoint has sent its response. */
    synchronized void answered(Request request, long now) {
        request.answeredAt = now;
    }

    /** The endpoint will not send a response, or failed to. */
    synchronized void unanswered(Request request) {
        request.responseLost = true;
    }

    /** The endpoint refuses any request with this line. */
    synchronized void refused(LineId id) {
        refused.add(id);
    }

    /** The line may come after its neighbours: a 207 asked for it again, or it failed alone. */
    synchronized void deferred(LineId id) {
        deferred.add(id);
    }

    /** A line of the library reports missing lines. */
    synchronized void missing(long reported) {
        missingAsReported += reported;
    }

    /** Responses may be lost from then on, until the window is closed. */
    synchronized Window responsesMayBeLost(long from) {
        Window window = new Window(from, null);
        lostResponses.add(window);
        return window;
    }

    synchronized void close(Window window, long to) {
        window.to = to;
    }

    /** The service was paused and is about to go on. Responses may be lost only if its next request comes late. */
    synchronized void paused(long from, long to) {
        pause = new Pause(from, to);
    }

    private boolean responseMayBeLost(Request previous, long now) {
        long end = previous.answeredAt == null ? now : previous.answeredAt;
        return previous.responseLost
                || end - previous.arrivedAt > clientTimeout / 2
                || lostResponses.stream().anyMatch(window -> window.contains(previous.acceptedAt));
    }

    /** Returns how many of the first {@code end} lines of a thread neither arrived nor were refused. */
    synchronized int missingBefore(int end, LineId.Stream stream) {
        return missing(end, stream, false);
    }

    /** Returns how many of the first {@code end} lines of a thread did not arrive; some may have been refused. */
    synchronized int missingOrRefusedBefore(int end, LineId.Stream stream) {
        return missing(end, stream, true);
    }

    private int missing(int end, LineId.Stream stream, boolean orRefused) {
        BitSet arrived = acceptedLines.getOrDefault(stream, new BitSet());
        int missing = 0;
        for (int i = arrived.nextClearBit(0); i < end; i = arrived.nextClearBit(i + 1)) {
            LineId id = new LineId(stream.process(), stream.logger(), stream.thread(), i);
            if (orRefused || !refused.contains(id)) {
                missing++;
            }
        }
        return missing;
    }

    synchronized void broken(String what) {
        brokenInTotal++;
        if (broken.size() < MOST_SHOWN) {
            broken.add(what);
        }
    }

    /** The first broken invariants. */
    synchronized List<String> broken() {
        return List.copyOf(broken);
    }

    /** How many invariants were broken in total. */
    synchronized long brokenInTotal() {
        return brokenInTotal;
    }

    synchronized String summary() {
        return lines + " lines arrived, of them " + allowedDuplicates + " allowed duplicates; " + refused.size()
                + " could be refused, " + missingAsReported + " were reported missing to the endpoint";
    }

    /** A request, as far as the ledger must know. The ledger guards the fields. */
    static final class Request {

        private final long arrivedAt;
        private long acceptedAt;
        /** Null until then. */
        @Nullable
        private Long answeredAt;

        private boolean responseLost;

        private Request(long arrivedAt) {
            this.arrivedAt = arrivedAt;
        }
    }

    private record Pause(long from, long to) {}

    /** A time in which responses may be lost. The ledger guards the fields. */
    static final class Window {

        private final long from;
        /** Null as long as the window is open. */
        @Nullable
        private Long to;

        private Window(long from, @Nullable Long to) {
            this.from = from;
            this.to = to;
        }

        private boolean contains(long at) {
            return at - from >= 0 && (to == null || at - to <= 0);
        }
    }
}
