package io.github.dropwizardlogdna.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole-process program: each contender flat out and at a fixed rate, each in a fresh process, and the floor in
 * between, because a machine is not equally fast all the time.
 */
final class ProcessBenchmark {

    private static final int THREADS = 4;
    private static final int PER_SECOND = 20_000;
    /** Contenders from one measurement of the floor to the next. */
    private static final int BETWEEN_FLOORS = 5;

    private static final double FLOOR_SECONDS = 3;

    private final Settings settings;
    private final List<Floor.Result> floors = new ArrayList<>();
    private final List<Floor.Result> busyFloors = new ArrayList<>();
    private final List<ProcessRun.Result> flatOut = new ArrayList<>();
    private final List<ProcessRun.Result> fixedRate = new ArrayList<>();

    ProcessBenchmark(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        List<Contender> contenders = settings.contenders();
        for (int i = 0; i < contenders.size(); i++) {
            if (i % BETWEEN_FLOORS == 0) {
                floor();
            }
            run(contenders.get(i), 0, 0, flatOut);
            run(contenders.get(i), PER_SECOND, settings.idleSeconds(), fixedRate);
        }
        floor();
        ProcessReport report =
                new ProcessReport(Floor.Result.mean(floors), Floor.Result.mean(busyFloors), flatOut, fixedRate);
        System.out.println(report.markdown());
    }

    /** Alone, and twice at once: cores that share something are slower when both are at work, as they are flat out. */
    private void floor() throws IOException, InterruptedException {
        Progress.say("the floor");
        floors.add(Jvm.ask(Floor.Result.class, Floor.class, List.of(), floorArguments()));
        Process other = Jvm.start(Floor.class, floorArguments());
        try {
            busyFloors.add(Jvm.ask(Floor.Result.class, Floor.class, List.of(), floorArguments()));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private String[] floorArguments() {
        return new String[] {
            Double.toString(Math.min(FLOOR_SECONDS, settings.warmUpSeconds())),
            Double.toString(Math.min(FLOOR_SECONDS, settings.seconds()))
        };
    }

    private void run(Contender contender, int perSecond, double idleSeconds, List<ProcessRun.Result> results)
            throws InterruptedException {
        Load load = new Load(THREADS, perSecond, settings.seconds());
        Progress.say(contender.key() + ", " + load.title());
        try {
            results.add(new ProcessRun.Order(contender, load, settings.warmUpSeconds(), idleSeconds)
                    .run(settings.jvmOptions()));
        } catch (IOException e) {
            Progress.say("no result: " + e.getMessage()); // the others are to be measured all the same
        }
    }
}
