package io.github.dropwizardlogdna.benchmarks.fleet;

import java.util.stream.IntStream;

/** How many requests came in each tenth of a second, and how many of them were taken. */
final class Timeline {

    private static final int TENTHS = 10;

    private final int[] came;
    private final int[] taken;

    Timeline(int seconds) {
        came = new int[seconds * TENTHS];
        taken = new int[seconds * TENTHS];
    }

    void request(long at, boolean wasTaken) {
        int tenth = (int) Math.min(came.length - 1L, at / (Virtual.SECOND / TENTHS));
        came[tenth]++;
        if (wasTaken) {
            taken[tenth]++;
        }
    }

    int seconds() {
        return came.length / TENTHS;
    }

    int came(int second) {
        return sum(came, second, second + 1);
    }

    int taken(int second) {
        return sum(taken, second, second + 1);
    }

    int came(int from, int to) {
        return sum(came, from, to);
    }

    int turnedAway(int from, int to) {
        return sum(came, from, to) - sum(taken, from, to);
    }

    /** The most requests within one second of an interval. */
    int most(int from, int to) {
        return IntStream.range(from, Math.min(to, seconds()))
                .map(this::came)
                .max()
                .orElse(0);
    }

    /** The most requests within a tenth of a second. */
    int mostInATenth(int from, int to) {
        return IntStream.range(from * TENTHS, Math.min(to * TENTHS, came.length))
                .map(tenth -> came[tenth])
                .max()
                .orElse(0);
    }

    private static int sum(int[] counts, int from, int to) {
        return IntStream.range(from * TENTHS, Math.min(to * TENTHS, counts.length))
                .map(tenth -> counts[tenth])
                .sum();
    }
}
