package io.github.dropwizardlogdna.benchmarks;

import io.github.dropwizardlogdna.benchmarks.receiver.KeyStoreFile;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The whole-process program, in rounds: each round measures the floor and each contender, each in a fresh process, in
 * one order in even rounds and in the other in odd ones.
 */
final class ProcessBenchmark {

    private static final int THREADS = 4;
    private static final int PER_SECOND = 20_000;
    private static final double LONGEST_WARM_UP = 60;
    private static final double FLOOR_SECONDS = 1.5;
    /** The other floor is still at work when the measured one ends. */
    private static final int TIMES_AS_LONG = 10;

    /**
     * What a round has measured.
     *
     * @param busyFloor the floor, while the same is measured on the other core
     * @param flatOut of the contenders that gave a result
     */
    record Round(
            Floor.Result floor,
            Floor.Result busyFloor,
            Map<Contender, ProcessRun.Result> flatOut,
            Map<Contender, ProcessRun.Result> fixedRate) {}

    private final Settings settings;
    private final List<String> loads;
    private final List<Contender> flatOut;
    private final List<Contender> fixedRate;

    @Nullable
    private final KeyStoreFile tls;

    ProcessBenchmark(Settings settings) throws IOException, InterruptedException {
        this.settings = settings;
        loads = settings.list("loads", "flat-out,rate");
        flatOut = settings.contenders(
                Contender.LOGDNA_BLOCKING,
                Contender.LOGDNA_UNCOMPRESSED,
                Contender.LOKI4J,
                Contender.LOGTAIL,
                Contender.LOGZIO);
        fixedRate = settings.contenders(Contender.NOOP, Contender.ASYNC, Contender.LOGDNA, Contender.LOKI4J);
        tls = settings.tls() ? KeyStoreFile.make() : null;
    }

    void run() throws IOException, InterruptedException {
        List<Round> rounds = new ArrayList<>();
        int pairs = settings.pairs(7);
        for (int i = 0; i < pairs; i++) {
            Progress.say("round " + (i + 1) + " of " + pairs);
            rounds.add(round(i));
        }
        System.out.println(new ProcessReport(rounds, tls != null).markdown());
    }

    private Round round(int number) throws IOException, InterruptedException {
        boolean reversed = number % 2 == 1;
        Map<Contender, ProcessRun.Result> flat = new EnumMap<>(Contender.class);
        Map<Contender, ProcessRun.Result> fixed = new EnumMap<>(Contender.class);
        if (reversed) {
            run(flatOut, true, 0, flat);
            run(fixedRate, true, PER_SECOND, fixed);
        }
        Floor.Result floor = floor();
        Floor.Result busyFloor = busyFloor();
        if (!reversed) {
            run(fixedRate, false, PER_SECOND, fixed);
            run(flatOut, false, 0, flat);
        }
        return new Round(floor, busyFloor, flat, fixed);
    }

    private Floor.Result floor() throws IOException, InterruptedException {
        Progress.say("the floor");
        return Jvm.ask(Floor.Result.class, Floor.class, List.of(), floorArguments(1));
    }

    /** Twice at once: cores that share something are slower when both are at work, as they are flat out. */
    private Floor.Result busyFloor() throws IOException, InterruptedException {
        Process other = Jvm.start(Floor.class, floorArguments(TIMES_AS_LONG));
        try {
            return floor();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private String[] floorArguments(int times) {
        return new String[] {
            Double.toString(settings.warmUpSeconds(LONGEST_WARM_UP)),
            Double.toString(times * Math.min(FLOOR_SECONDS, settings.seconds(4)))
        };
    }

    private void run(
            List<Contender> contenders, boolean reversed, int perSecond, Map<Contender, ProcessRun.Result> results)
            throws InterruptedException {
        Load load = new Load(THREADS, perSecond, settings.seconds(4));
        if (!loads.contains(load.isFlatOut() ? "flat-out" : "rate")) {
            return;
        }
        List<Contender> order = new ArrayList<>(contenders);
        if (reversed) {
            Collections.reverse(order);
        }
        for (Contender contender : order) {
            Progress.say(contender.key() + ", " + load.title());
            try {
                results.put(
                        contender,
                        new ProcessRun.Order(contender, load, settings.warmUpSeconds(LONGEST_WARM_UP), tls)
                                .run(settings.jvmOptions()));
            } catch (IOException e) {
                Progress.say("no result: " + e.getMessage()); // the others are to be measured all the same
            }
        }
    }
}
