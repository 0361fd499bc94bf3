package io.github.dropwizardlogdna.benchmarks.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Records which lines arrived, and checks order and duplicates. Thread-safe: each method holds the object's lock.
 *
 * <p>A duplicate is allowed if the response to the first copy may have been lost: during it, or in the second after it, a
 * process was killed, a connection was reset, or the response took longer than the timeout of the client.
 */
final class DeliveryLedger {

    private final Map<LineId.Stream, BitSet> acceptedLines = new HashMap<>();
    private final Map<LineId.Stream, Integer> newest = new HashMap<>();
    private final Set<LineId> refused = new HashSet<>();
    /** Lines that a 207 deferred: they may arrive after newer ones. */
    private final Set<LineId> deferred = new HashSet<>();
    /** When a line was last accepted. */
    private final Map<LineId, Long> acceptedAt = new HashMap<>();

    private final List<long[]> lostResponses = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private long allowedDuplicates;
    private long lines;
    private long missingAsReported;

    /** The endpoint accepted these lines and is about to respond. */
    synchronized void accepted(List<LineId> ids, long now) {
        for (LineId id : ids) {
            lines++;
            BitSet ofStream = acceptedLines.computeIfAbsent(id.stream(), s -> new BitSet());
            if (ofStream.get(id.sequence())) {
                if (responseMayBeLost(acceptedAt.getOrDefault(id, 0L))) {
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
            acceptedAt.put(id, now);
        }
    }

    /** The endpoint refuses any request with this line. */
    synchronized void refused(LineId id) {
        refused.add(id);
    }

    synchronized void deferred(LineId id) {
        deferred.add(id);
    }

    /** A line of the library reports missing lines. */
    synchronized void missing(long reported) {
        missingAsReported += reported;
    }

    /** Responses between these times may be lost. */
    synchronized void responsesMayBeLost(long from, long to) {
        lostResponses.add(new long[] {from, to});
    }

    private boolean responseMayBeLost(long at) {
        return lostResponses.stream().anyMatch(window -> at - window[0] >= 0 && at - window[1] <= 0);
    }

    /** Returns how many of the first {@code end} lines of a thread neither arrived nor were refused. */
    synchronized int missingBefore(int end, LineId.Stream stream) {
        BitSet arrived = acceptedLines.getOrDefault(stream, new BitSet());
        int missing = 0;
        for (int i = arrived.nextClearBit(0); i < end; i = arrived.nextClearBit(i + 1)) {
            LineId id = new LineId(stream.process(), stream.logger(), stream.thread(), i);
            if (!refused.contains(id)) {
                missing++;
            }
        }
        return missing;
    }

    synchronized void broken(String what) {
        if (broken.size() < 50) {
            broken.add(what);
        }
    }

    synchronized List<String> broken() {
        return List.copyOf(broken);
    }

    synchronized String summary() {
        return lines + " lines arrived, of them " + allowedDuplicates + " allowed duplicates; " + refused.size()
                + " could be refused, " + missingAsReported + " were reported missing to the endpoint";
    }
}
