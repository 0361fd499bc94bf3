package io.github.dropwizardlogdna.benchmarks.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What arrived, and whether it may have. Every method holds the object's lock: the endpoint writes, the program reads.
 *
 * <p>A second copy is allowed if the answer to the first one may have been lost: while it was given, or within the second
 * after it, something was killed, reset or held longer than the client waits.
 */
final class ChaosBooks {

    private final Map<LineId.Stream, BitSet> taken = new HashMap<>();
    private final Map<LineId.Stream, Integer> newest = new HashMap<>();
    private final Set<LineId> refused = new HashSet<>();
    /** Lines of which a 207 asked for a second copy: they may come after newer ones. */
    private final Set<LineId> askedAgain = new HashSet<>();
    /** Lines whose copies were taken by requests with a lost answer. */
    private final Map<LineId, Long> takenAt = new HashMap<>();

    private final List<long[]> lostAnswers = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private long allowedCopies;
    private long lines;
    private long missingAsReported;

    /** The endpoint took these lines and is about to answer so. */
    synchronized void took(List<LineId> ids, long now) {
        for (LineId id : ids) {
            lines++;
            BitSet ofStream = taken.computeIfAbsent(id.stream(), s -> new BitSet());
            if (ofStream.get(id.sequence())) {
                if (answerMayBeLost(takenAt.getOrDefault(id, 0L))) {
                    allowedCopies++;
                } else {
                    broken("arrived twice without a reason: " + id);
                }
            } else {
                ofStream.set(id.sequence());
                int before = newest.getOrDefault(id.stream(), -1);
                if (id.sequence() < before && !askedAgain.contains(id)) {
                    broken("arrived after " + before + ": " + id);
                }
                newest.put(id.stream(), Math.max(before, id.sequence()));
            }
            takenAt.put(id, now);
        }
    }

    /** The endpoint refuses this line for good, whatever comes with it. */
    synchronized void refused(LineId id) {
        refused.add(id);
    }

    synchronized void askedAgain(LineId id) {
        askedAgain.add(id);
    }

    /** A line to LogDNA that says that lines are missing. */
    synchronized void missing(long reported) {
        missingAsReported += reported;
    }

    /** Answers that are given between these times may be lost. */
    synchronized void answersAreLost(long from, long to) {
        lostAnswers.add(new long[] {from, to});
    }

    private boolean answerMayBeLost(long at) {
        return lostAnswers.stream().anyMatch(window -> at - window[0] >= 0 && at - window[1] <= 0);
    }

    /** Checks that each line that one thread has logged arrived or was refused, up to {@code end}. */
    synchronized int missingBefore(int end, LineId.Stream stream) {
        BitSet arrived = taken.getOrDefault(stream, new BitSet());
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
        return lines + " lines arrived, of them " + allowedCopies + " allowed second copies; " + refused.size()
                + " could be refused for good, " + missingAsReported + " were reported missing to the endpoint";
    }
}
