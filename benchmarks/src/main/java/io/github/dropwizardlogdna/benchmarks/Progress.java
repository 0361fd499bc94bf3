package io.github.dropwizardlogdna.benchmarks;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** Reports progress on stderr; stdout is for the results. */
public final class Progress {

    private Progress() {}

    public static void say(String what) {
        System.err.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " " + what);
    }
}
