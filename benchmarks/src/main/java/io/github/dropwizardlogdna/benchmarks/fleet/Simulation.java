package io.github.dropwizardlogdna.benchmarks.fleet;

import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Asks;
import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Outage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * A fleet of instances of one client, an endpoint that is away for a while, and a queue of what happens next. The same
 * seed gives the same result.
 *
 * @param instances how many services
 * @param linesPerSecond what each of them logs
 * @param capacity the lines that the endpoint handles in a second
 * @param asks whether and how it asks clients to wait
 * @param seed of all that is random
 */
record Simulation(int instances, double linesPerSecond, double capacity, Asks asks, long seed) {

    /** When the outage begins and ends, in seconds. */
    static final int OUTAGE = 60;

    static final int RECOVERY = OUTAGE + 600;
    /** After so long a fleet that has not caught up never will. */
    static final int END = RECOVERY + 3_600;
    /** Nothing of interest happens after the last one has caught up. */
    private static final int AFTERWARDS = 60;

    /**
     * What came of it. Lines of all instances; times in seconds after the end of the outage.
     *
     * @param end the second after which nothing was simulated any more
     * @param firstLines when half of the instances had delivered a batch
     * @param drained when the last instance had caught up; NaN if it did not within an hour
     */
    record Result(
            Client client,
            Timeline timeline,
            int end,
            double firstLines,
            double drained,
            double loggedInOutage,
            double logged,
            double delivered,
            double full,
            double givenUp,
            double held) {}

    Result run(Client client) {
        Random random = new Random(seed);
        Endpoint endpoint =
                new Endpoint(capacity, new Outage(OUTAGE * Virtual.SECOND, RECOVERY * Virtual.SECOND, asks));
        Timeline timeline = new Timeline(END);
        PriorityQueue<Instance> next = new PriorityQueue<>(instances, Comparator.comparingLong(Instance::at));
        // Spread over the time in which each of them sends once.
        long phase = Virtual.nanos(client.batching().enough(linesPerSecond) / linesPerSecond);
        List<Instance> all = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            all.add(new Instance(client, linesPerSecond, random.nextLong(phase), random));
        }
        next.addAll(all);
        Set<Instance> begun = new HashSet<>();
        Set<Instance> drained = new HashSet<>();
        double firstLines = Double.NaN;
        double lastDrained = Double.NaN;
        long end = END * Virtual.SECOND;
        while (next.element().at() < end) {
            Instance first = next.remove();
            long now = first.at();
            boolean taken = first.step(endpoint, timeline);
            next.add(first);
            if (!taken || now < RECOVERY * Virtual.SECOND) {
                continue;
            }
            double since = Virtual.seconds(first.at()) - RECOVERY;
            if (begun.add(first) && begun.size() == (instances + 1) / 2) {
                firstLines = since;
            }
            if (first.isDrained() && drained.add(first) && drained.size() == instances) {
                lastDrained = since;
                end = Math.min(end, now + AFTERWARDS * Virtual.SECOND);
            }
        }
        return new Result(
                client,
                timeline,
                (int) (end / Virtual.SECOND),
                firstLines,
                lastDrained,
                instances * linesPerSecond * (RECOVERY - OUTAGE),
                sum(all, Instance::logged),
                sum(all, Instance::delivered),
                sum(all, Instance::full),
                sum(all, Instance::givenUp),
                sum(all, Instance::held));
    }

    private static double sum(List<Instance> all, ToDoubleFunction<Instance> lines) {
        return all.stream().mapToDouble(lines).sum();
    }
}
