package io.github.dropwizardlogdna.shipping;

import jakarta.annotation.Nullable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedList;
import java.util.function.Consumer;

/**
 * Divides a batch into the parts that are sent, and searches for lines that the endpoint does not take. Decides only: it
 * sends and counts nothing. Owned by the sender's thread.
 *
 * <p>An error status may be about the endpoint or about the content of a line, and only dividing can tell. So a part that
 * keeps failing is divided; its first lines are sent first, and the others keep their order:
 *
 * <ul>
 *   <li>While nothing is taken, it may be an outage: each attempt follows the pause of the retry policy, and the parts
 *       shrink fast. If even a single line fails, a line of the shipper (the probe) finds out whether the endpoint takes
 *       anything. If it does not, the batch becomes whole again.
 *   <li>Once something is taken, it is the content: a part that fails is halved at once, while few attempts in a row achieve
 *       nothing.
 *   <li>A line is dropped only if requests without it were taken and requests with it failed, alternately: it failed alone
 *       both before and after others, or the probe, were taken. If it is taken in the end, it comes after those others.
 * </ul>
 */
@SuppressWarnings("JdkObsolete") // LinkedList
final class Division {

    /** The next move after a failed attempt. */
    enum Next {
        /** Another attempt at once: the search goes on. */
        AT_ONCE,
        /** Another attempt after the pause of the retry policy. */
        PAUSE,
        /** The lines of the attempt must be dropped. */
        DROP
    }

    /**
     * Lines that are sent in one request.
     *
     * @param lines their numbers in the batch, ascending; null for all of them
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(@Nullable int[] lines, Batch batch) {

        boolean isWholeBatch() {
            return lines == null;
        }
    }

    /** The unsettled lines from one number up to, but not including, another. */
    private record Range(int from, int to) {}

    /** How often a whole batch must fail before it is divided. */
    private static final int PATIENCE = 3;
    /** The same after some searches in vain: an outage should see few small requests. */
    private static final int MOST_PATIENCE = 4 * PATIENCE;
    /** How often a line must fail alone if the status may be transient. */
    private static final int ALONE = 3;
    /** The same if there was no status, or one for each line in a 207, because such failures come at random. */
    private static final int ALONE_WITHOUT_STATUS = 6;

    private final Batch batch;
    private final BitSet settled = new BitSet();
    /** Allocates a link before it changes anything, unlike an ArrayDeque. */
    private final LinkedList<Range> parts = new LinkedList<>();

    @Nullable
    private BatchLines lines;

    private int patience;
    /** Attempts since something was taken. */
    private int vain;
    /** How much smaller the next part is while nothing is taken. */
    private int divisor;
    /** Whether a part of the batch, or the probe, was taken. */
    private boolean taken;

    private int largestTaken;

    /** How often the first part has failed, if it can't be divided. */
    private int alone;

    private boolean probing;
    /** Whether the probe was taken after the first part had failed alone. */
    private boolean probed;
    /** Whether others were taken both before and after the first part had failed alone. */
    private boolean othersTaken;
    /** Whether even the probe was not taken. */
    private boolean inVain;
    /** Lines that failed alone, while the lines after them are tried. */
    @Nullable
    private Range suspect;

    /**
     * @param expectsRefusal whether lines were refused recently, so that an error is probably about lines again
     */
    Division(Batch batch, boolean expectsRefusal) {
        this.batch = batch;
        this.patience = expectsRefusal ? 1 : PATIENCE;
        reassemble();
    }

    boolean isSettled() {
        return settled.cardinality() == batch.lines();
    }

    /** The bytes of memory that it takes in addition to the batch. */
    int held() {
        return lines == null ? 0 : lines.held();
    }

    /** Whether the probe must be sent next, instead of a part. */
    boolean isProbing() {
        return probing;
    }

    /** Whether the last search ended with nothing taken, so that the content is not the reason. */
    boolean isInVain() {
        return inVain;
    }

    /** The first lines, as many as fit into a body of {@code largestBody} bytes, and at least one. */
    Part first(int largestBody, boolean gzip, boolean recompress) {
        Range range = parts.element();
        boolean whole = settled.isEmpty() && range.from() == 0 && range.to() == batch.lines();
        boolean fits = batch.uncompressed() <= largestBody || batch.lines() == 1;
        if (whole && fits && (batch.gzip() == gzip || (!batch.gzip() && !recompress))) {
            return new Part(null, batch);
        }
        BatchLines all = lines();
        int[] chosen = new int[range.to() - range.from()];
        int count = 0;
        long size = OpenBatch.ENVELOPE;
        int line = settled.nextClearBit(range.from());
        for (; line < range.to(); line = settled.nextClearBit(line + 1)) {
            size += all.size(line);
            if (size > largestBody && count > 0) {
                divideAt(line);
                break;
            }
            chosen[count++] = line;
        }
        chosen = Arrays.copyOf(chosen, count);
        return new Part(chosen, all.only(chosen, gzip));
    }

    /** Passes a copy of each of these lines, as it was appended. */
    void forEachLine(int[] numbers, Consumer<byte[]> action) {
        lines().forEach(numbers, action);
    }

    /** The numbers of the lines of a part. */
    int[] numbers(Part part) {
        int[] some = part.lines();
        if (some != null) {
            return some;
        }
        int[] all = new int[batch.lines()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    private void settle(int[] numbers) {
        for (int number : numbers) {
            settled.set(number);
        }
        while (!parts.isEmpty() && isSettled(parts.element())) {
            parts.removeFirst();
            alone = 0;
            probed = false;
            othersTaken = false;
        }
        if (parts.isEmpty() && suspect != null) {
            parts.add(suspect); // no other lines are left to try
            suspect = null;
        }
    }

    /** The endpoint took these lines, in a body of this size. */
    void taken(int[] numbers, int bytes) {
        taken = true;
        inVain = false;
        vain = 0;
        alone = 0;
        largestTaken = Math.max(largestTaken, bytes);
        boolean suspects = suspect != null;
        settle(numbers);
        if (suspects) {
            // Once more: the endpoint may have been away just while the suspect was tried.
            if (suspect != null) {
                parts.addFirst(suspect);
                suspect = null;
            }
            othersTaken = true;
        }
    }

    /** Whether a body at least as large was taken, so that the size is not the reason. */
    boolean hasTaken(int bytes) {
        return bytes <= largestTaken;
    }

    /** Lines were dropped although none was taken: a step forward, but no evidence. */
    void dropped(int[] numbers) {
        vain = 0;
        alone = 0;
        settle(numbers);
    }

    void probeTaken() {
        probing = false;
        probed = true;
        taken = true;
        inVain = false;
        vain = 0;
        alone = 0;
    }

    /** The endpoint takes nothing: the whole batch waits until it does. */
    void probeFailed() {
        probing = false;
        inVain = true;
        patience = Math.min(2 * Math.max(patience, PATIENCE), MOST_PATIENCE);
        reassemble();
    }

    private void reassemble() {
        parts.clear();
        suspect = null;
        parts.add(new Range(0, batch.lines()));
        vain = 0;
        alone = 0;
        divisor = 2;
        taken = false;
        probed = false;
        othersTaken = false;
    }

    /** The request with the first part has failed. */
    Next failed(Part part, Failure failure) {
        vain++;
        // Lines that a 207 refused while it took others stay together.
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
        divideAt(numbers[size]);
        return search(failure);
    }

    /** Divides the first part before this line. A lack of memory changes nothing. */
    private void divideAt(int line) {
        Range range = parts.element();
        Range after = new Range(line, range.to());
        parts.addFirst(new Range(range.from(), line));
        parts.set(1, after);
    }

    private Next failedAlone(Failure failure) {
        if (othersTaken) {
            return Next.DROP;
        }
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
            case NO_RESPONSE, LINE_BY_LINE -> ALONE_WITHOUT_STATUS;
        };
    }

    private boolean hasOthersAfterTheFirst() {
        return parts.size() > 1;
    }

    /** An attempt that only narrows the search may be followed at once, a limited number of times. */
    private Next search(Failure failure) {
        boolean quick = taken || failure == Failure.SIZE || failure == Failure.CONTENT;
        return quick && vain <= maxInVain() ? Next.AT_ONCE : Next.PAUSE;
    }

    /** Enough attempts to get down to any one line, and to try its neighbour. */
    private int maxInVain() {
        int halvings = 32 - Integer.numberOfLeadingZeros(batch.lines());
        return 2 * halvings + 3;
    }

    private boolean isSettled(Range range) {
        return settled.nextClearBit(range.from()) >= range.to();
    }

    private BatchLines lines() {
        BatchLines known = lines;
        if (known == null) {
            known = BatchLines.of(batch);
            lines = known;
        }
        return known;
    }

    /** The kind of error that answered a request. */
    enum Failure {
        /** The reason may be anything. */
        ERROR,
        /** A line, or the request, is malformed. */
        CONTENT,
        /** The body, or a line, is too large. */
        SIZE,
        /** There was no status: the connection ended, or the time was over. */
        NO_RESPONSE,
        /** A 207 refused each line for now. */
        LINE_BY_LINE
    }
}
