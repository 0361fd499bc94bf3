package io.github.dropwizardlogdna;

import io.github.dropwizardlogdna.ingestion.ForeignText;
import io.github.dropwizardlogdna.shipping.SpoolProblem;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Reports what is wrong with a spool: each kind of problem at most once a minute, and with the next report, or at the
 * end, how many were not reported. Kinds never take each other's turn. Any thread.
 */
final class SpoolReports {

    private static final long A_MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** A path of usual depth, and what the operating system says about it. */
    private static final int LONGEST = 1_000;

    private final String appender;
    private final LongSupplier nanoTime;
    private final Consumer<Runnable> whenShown;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private final Map<SpoolProblem, Turn> turns = new EnumMap<>(SpoolProblem.class);

    /**
     * For one appender.
     *
     * @param whenShown makes a report once somebody can see it
     */
    SpoolReports(String appender, LongSupplier nanoTime, Consumer<Runnable> whenShown) {
        this.appender = appender;
        this.nanoTime = nanoTime;
        this.whenShown = whenShown;
    }

    /** When a kind of problem may be reported again, and what was not reported until then. */
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
        say(problem, where, details, others);
    }

    /** Reports what was suppressed: the last of each kind, and how many more there were. */
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
                say(problem, turn.where, turn.details, turn.suppressed - 1);
            }
        });
    }

    private void say(SpoolProblem problem, String where, String details, long others) {
        String more = others == 0 ? "" : " (and " + others + " more)";
        String why = details.isEmpty() ? "" : ": " + printable(details);
        whenShown.accept(() -> Reporter.say(message(problem), appender, printable(where) + more, why));
    }

    private static Message message(SpoolProblem problem) {
        return switch (problem) {
            case UNWRITABLE -> Message.SPOOL_UNWRITABLE;
            case DISK_FULL -> Message.SPOOL_DISK_FULL;
            case DAMAGED -> Message.SPOOL_DAMAGED;
            case FOREIGN -> Message.SPOOL_FOREIGN;
            case OPEN_TO_OTHERS -> Message.SPOOL_OPEN_TO_OTHERS;
            case NOT_TAKEN_OVER -> Message.SPOOL_NOT_TAKEN_OVER;
            case NOT_DELETED -> Message.SPOOL_NOT_DELETED;
        };
    }

    /** Without what would forge a line, or move the cursor, of the console that shows it. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .forEach(character -> clean.appendCodePoint(ForeignText.isVisible(character) ? character : '?'));
        return clean.toString();
    }
}
