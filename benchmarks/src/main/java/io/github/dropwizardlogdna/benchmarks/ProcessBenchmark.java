package io.github.dropwizardlogdna.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The whole-process program: the floor, then each contender flat out and at a fixed rate, each in a fresh process. */
final class ProcessBenchmark {

    private static final int THREADS = 4;
    private static final int PER_SECOND = 20_000;

    private final Settings settings;
    private final List<ProcessRun.Result> flatOut = new ArrayList<>();
    private final List<ProcessRun.Result> fixedRate = new ArrayList<>();

    ProcessBenchmark(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        Floor.Result floor = floor();
        for (Contender contender : settings.contenders()) {
            run(contender, 0, 0, flatOut);
            run(contender, PER_SECOND, settings.idleSeconds(), fixedRate);
        }
        System.out.println(new ProcessReport(floor, flatOut, fixedRate).markdown());
    }

    private Floor.Result floor() throws IOException, InterruptedException {
        Progress.say("the floor");
        Process process = Jvm.start(
                Floor.class, "-Xmx1g", Double.toString(settings.warmUpSeconds()), Double.toString(settings.seconds()));
        String answer = process.inputReader().readLine();
        if (process.waitFor() != 0 || answer == null) {
            throw new IOException("the floor ended with " + process.exitValue());
        }
        return new ObjectMapper().readValue(answer, Floor.Result.class);
    }

    private void run(Contender contender, int perSecond, double idleSeconds, List<ProcessRun.Result> results)
            throws InterruptedException {
        Load load = new Load(THREADS, perSecond, settings.seconds());
        Progress.say(contender.key() + ", " + load.title());
        try {
            results.add(new ProcessRun.Order(contender, load, settings.warmUpSeconds(), idleSeconds).run());
        } catch (IOException e) {
            Progress.say("no result: " + e.getMessage()); // the others are to be measured all the same
        }
    }
}
