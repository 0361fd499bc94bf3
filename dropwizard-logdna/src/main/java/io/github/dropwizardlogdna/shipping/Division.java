package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.stream.IntStream;

/**
 * The head of the store while it is delivered: which of its lines are settled, in which parts the others are sent, and
 * the search for lines that the endpoint does not take. Decides; sends and counts nothing. Owned by the sender's thread.
 *
 * <p>An error status is about the endpoint or about what a line holds, and only dividing can tell. So a part that keeps
 * failing is divided, its first lines go first, and the order of the others stays:
 *
 * <ul>
 *   <li>While nothing is taken, it may be an outage: each attempt follows the pause of the retry policy, the parts shrink
 *       fast, and if even a single line fails, a line of our own (the probe) finds out whether the endpoint takes
 *       anything. If it does not, the batch is put together again.
 *   <li>Once something is taken, it is the content: a part that fails is halved at once, as long as few enough attempts
 *       in a row achieve nothing.
 *   <li>A line is dropped only if requests without it were taken and requests with it failed, in turns: either others
 *       were taken before it failed alone and after, or it failed alone before the probe was taken and after.
 * </ul>
 */
final class Division {

    /** What follows an attempt that failed. */
    enum Next {
        /** Another attempt, at once: the search goes on. */
        AT_ONCE,
        /** Another attempt after the pause of the retry policy. */
        PAUSE,
        /** The lines of the attempt must be dropped. */
        DROP
    }

    /**
     * Lines that are sent in one request.
     *
     * @param lines their numbers in the head, ascending; null for all of them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(@Nullable int[] lines, Batch batch) {}

    /** The unsettled lines from one number up to, but not including, another. */
    private record Range(int from, int to) {}

    /** How often a batch fails as a whole before it is divided. */
    private static final int PATIENCE = 3;
    /** And after the search was in vain, a few times: an outage should see few small requests. */
    private static final int MOST_PATIENCE = 4 * PATIENCE;
    /** How often a line must fail alone if the status might pass by itself. */
    private static final int ALONE = 3;
    /** And if a 207 told for each line whether it was taken. */
    private static final int ALONE_IN_MULTI_STATUS = 6;

    private final Batch head;
    private final BitSet settled = new BitSet();
    private final Deque<Range> parts = new ArrayDeque<>();

    @Nullable
    private BatchLines lines;

    private int patience;
    /** Attempts since something was taken. */
    private int vain;
    /** By how much the next part shrinks while nothing is taken. */
    private int divisor;
    /** Whether a part of the head, or the probe, was taken. */
    private boolean taken;

    private int largestTaken;

    /** How often the first part, which can't be divided, has failed. */
    private int alone;

    private boolean probing;
    /** Whether the probe was taken after the first part had failed alone. */
    private boolean probed;
    /** Whether even the probe was not taken. */
    private boolean inVain;
    /** What failed alone, while the lines after it are tried. */
    @Nullable
    private Range suspect;

    /**
     * @param expectsRefusal whether lines were refused lately, so that an error is probably about lines again
     */
    Division(Batch head, boolean expectsRefusal) {
        this.head = head;
        this.patience = expectsRefusal ? 1 : PATIENCE;
        putTogether();
    }

    boolean isSettled() {
        return settled.cardinality() == head.lines();
    }

    /** The bytes of memory that it takes beside the head's own. */
    int held() {
        return lines == null ? 0 : lines.held();
    }

    /** Whether a line of our own must be sent next, in place of a part. */
    boolean isProbing() {
        return probing;
    }

    /** Whether nothing at all was taken when last everything was tried, so that it is not the content. */
    boolean isInVain() {
        return inVain;
    }

    /** The first lines, as many as fit into a body of so many bytes, and one at least. */
    Part first(int largestBody, boolean gzip, boolean recompress) {
        Range range = parts.element();
        boolean whole = settled.isEmpty() && range.from() == 0 && range.to() == head.lines();
        boolean fits = head.uncompressed() <= largestBody || head.lines() == 1;
        if (whole && fits && (head.gzip() == gzip || (!head.gzip() && !recompress))) {
            return new Part(null, head);
        }
        BatchLines all = lines();
        int[] chosen = new int[range.to() - range.from()];
        int count = 0;
        long size = OpenBatch.ENVELOPE;
        int line = settled.nextClearBit(range.from());
        for (; line < range.to(); line = settled.nextClearBit(line + 1)) {
            size += all.size(line);
            if (size > largestBody && count > 0) {
                parts.removeFirst();
                parts.addFirst(new Range(line, range.to()));
                parts.addFirst(new Range(range.from(), line));
                break;
            }
            chosen[count++] = line;
        }
        chosen = Arrays.copyOf(chosen, count);
        return new Part(chosen, all.only(chosen, gzip));
    }

    /** One of its lines, as it was handed over. */
    byte[] line(int number) {
        return lines().line(number);
    }

    /** The numbers of a part's lines. */
    int[] numbers(Part part) {
        int[] some = part.lines();
        if (some != null) {
            return some;
        }
        int[] all = new int[head.lines()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    /** The lines of the suspect; none if there is no suspect. */
    int[] suspects() {
        Range range = suspect;
        return range == null ? new int[0] : unsettled(range);
    }

    /** Lines were delivered or dropped. */
    void settle(int[] numbers) {
        for (int number : numbers) {
            settled.set(number);
        }
        while (!parts.isEmpty() && isSettled(parts.element())) {
            parts.removeFirst();
            alone = 0;
            probed = false;
        }
        if (suspect != null && isSettled(suspect)) {
            suspect = null;
        }
        if (parts.isEmpty() && suspect != null) {
            parts.add(suspect); // nothing is left that could tell
            suspect = null;
        }
    }

    /** The endpoint took lines of the head, in a body of this size. */
    void taken(int bytes) {
        taken = true;
        inVain = false;
        vain = 0;
        alone = 0;
        largestTaken = Math.max(largestTaken, bytes);
    }

    /** Whether a larger body than this was taken, so that it can't be the size. */
    boolean hasTaken(int bytes) {
        return bytes <= largestTaken;
    }

    /** A line was dropped although none was taken: a step forward, but no evidence of anything. */
    void dropped() {
        vain = 0;
        alone = 0;
    }

    void probeTaken() {
        probing = false;
        probed = true;
        taken = true;
        inVain = false;
        vain = 0;
        alone = 0;
    }

    /** The endpoint takes nothing: back to the whole batch, which waits until it does. */
    void probeFailed() {
        probing = false;
        inVain = true;
        patience = Math.min(2 * Math.max(patience, PATIENCE), MOST_PATIENCE);
        putTogether();
    }

    private void putTogether() {
        parts.clear();
        suspect = null;
        parts.add(new Range(0, head.lines()));
        vain = 0;
        alone = 0;
        divisor = 2;
        taken = false;
        probed = false;
    }

    /** The first part was answered with an error. */
    Next failed(Part part, Failure failure) {
        vain++;
        // What others were taken beside in a 207 was refused line by line, and stays together.
        boolean single = part.batch().lines() == 1 || (failure == Failure.LINE_BY_LINE && taken);
        return single ? failedAlone(failure) : divide(part, failure);
    }

    private Next divide(Part part, Failure failure) {
        boolean content = failure == Failure.CONTENT || failure == Failure.SIZE;
        int asAWhole = content ? (inVain ? PATIENCE : 0) : patience;
        if (!taken && vain < asAWhole) {
            return Next.PAUSE;
        }
        int[] numbers = numbers(part);
        boolean halve = taken || (failure == Failure.SIZE && !inVain);
        int size = Math.max(1, numbers.length / (halve ? 2 : divisor));
        if (!halve) {
            divisor = Math.min(divisor * divisor * 2, 1 << 15);
        }
        Range range = parts.removeFirst();
        parts.addFirst(new Range(numbers[size], range.to()));
        parts.addFirst(new Range(range.from(), numbers[size]));
        return search(failure);
    }

    private Next failedAlone(Failure failure) {
        alone++;
        if (alone < attemptsAlone(failure)) {
            return Next.PAUSE;
        }
        if (probed) {
            return Next.DROP;
        }
        if (taken && suspect == null && hasOthersAfterTheFirst()) {
            suspect = parts.removeFirst();
            alone = 0;
            return search(failure);
        }
        if (suspect != null) {
            parts.addFirst(suspect);
            suspect = null;
            alone = 0;
        }
        probing = true;
        return search(failure);
    }

    private static int attemptsAlone(Failure failure) {
        return switch (failure) {
            case SIZE, CONTENT -> 1;
            case ERROR -> ALONE;
            case LINE_BY_LINE -> ALONE_IN_MULTI_STATUS;
        };
    }

    private boolean hasOthersAfterTheFirst() {
        return parts.size() > 1;
    }

    /** An attempt that achieves nothing but to narrow the search may be followed at once, some times. */
    private Next search(Failure failure) {
        boolean quick = taken || failure == Failure.SIZE || failure == Failure.CONTENT;
        return quick && vain <= mostInVain() ? Next.AT_ONCE : Next.PAUSE;
    }

    /** Enough to get down to one line, wherever it is, and to try its neighbour. */
    private int mostInVain() {
        int halvings = 32 - Integer.numberOfLeadingZeros(head.lines());
        return 2 * halvings + 3;
    }

    private boolean isSettled(Range range) {
        return settled.nextClearBit(range.from()) >= range.to();
    }

    private int[] unsettled(Range range) {
        return IntStream.range(range.from(), range.to())
                .filter(line -> !settled.get(line))
                .toArray();
    }

    private BatchLines lines() {
        BatchLines known = lines;
        if (known == null) {
            known = BatchLines.of(head);
            lines = known;
        }
        return known;
    }

    /** What kind of error a request was answered with. */
    enum Failure {
        /** It may be about anything. */
        ERROR,
        /** A line, or the request, is malformed. */
        CONTENT,
        /** The body, or a line, is too large. */
        SIZE,
        /** Each line was refused for the time being, by a 207. */
        LINE_BY_LINE
    }
}
