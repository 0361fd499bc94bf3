package io.github.dropwizardlogdna.report;

import io.github.dropwizardlogdna.ingestion.UntrustedText;
import io.github.dropwizardlogdna.shipping.SpoolProblem;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reports the problems of a spool: each kind at most once a minute. The next report of a kind, or the last one at shutdown,
 * includes the number of suppressed ones. One kind never suppresses another. Any thread.
 */
final class SpoolReports {

    private static final long A_MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** Enough for a path of usual depth and the operating system's message about it. */
    private static final int LONGEST = 1_000;

    private final String appender;
    private final LongSupplier nanoTime;
    private final Consumer<Runnable> whenShown;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private final Map<SpoolProblem, Turn> turns = new EnumMap<>(SpoolProblem.class);

    /**
     * Creates the reports of one appender.
     *
     * @param whenShown runs a report once another appender can show it
     */
    SpoolReports(String appender, LongSupplier nanoTime, Consumer<Runnable> whenShown) {
        this.appender = appender;
        this.nanoTime = nanoTime;
        this.whenShown = whenShown;
    }

    /** The earliest time of the next report of a kind, and the last problem suppressed until then. */
    private static final class Turn {
        long next;
        long suppressed;
        String where = "";
        String details = "";
    }

    void report(SpoolProblem problem, String where, String details) {
        long others;
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            Turn known = turns.get(problem);
            Turn turn = known == null ? new Turn() : known;
            turns.put(problem, turn);
            if (known != null && now - turn.next < 0) {
                turn.suppressed++;
                turn.where = where;
                turn.details = details;
                return;
            }
            others = turn.suppressed;
            turn.suppressed = 0;
            turn.next = now + A_MINUTE;
        } finally {
            lock.unlock();
        }
        log(problem, where, details, others);
    }

    /** Reports the last suppressed problem of each kind and the number of the others. */
    void end() {
        Map<SpoolProblem, Turn> left = new EnumMap<>(SpoolProblem.class);
        lock.lock();
        try {
            left.putAll(turns);
            turns.clear();
        } finally {
            lock.unlock();
        }
        left.forEach((problem, turn) -> {
            if (turn.suppressed > 0) {
                log(problem, turn.where, turn.details, turn.suppressed - 1);
            }
        });
    }

    private void log(SpoolProblem problem, String where, String details, long others) {
        String more = others == 0 ? "" : " (and " + others + " more)";
        String why = details.isEmpty() ? "" : ": " + printable(details);
        whenShown.accept(() -> ReportLog.log(message(problem), appender, printable(where) + more, why));
    }

    private static Message message(SpoolProblem problem) {
        return switch (problem) {
            case UNWRITABLE -> Message.SPOOL_UNWRITABLE;
            case DISK_FULL -> Message.SPOOL_DISK_FULL;
            case DAMAGED -> Message.SPOOL_DAMAGED;
            case UNREADABLE -> Message.SPOOL_UNREADABLE;
            case FOREIGN -> Message.SPOOL_FOREIGN;
            case OPEN_TO_OTHERS -> Message.SPOOL_OPEN_TO_OTHERS;
            case NOT_TAKEN_OVER -> Message.SPOOL_NOT_TAKEN_OVER;
            case NOT_DELETED -> Message.SPOOL_NOT_DELETED;
        };
    }

    /** Replaces characters that could forge a line or move the cursor of a console. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .forEach(character -> clean.appendCodePoint(UntrustedText.isVisible(character) ? character : '?'));
        return clean.toString();
    }
}
