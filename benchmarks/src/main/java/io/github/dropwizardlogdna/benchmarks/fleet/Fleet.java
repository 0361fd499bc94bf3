package io.github.dropwizardlogdna.benchmarks.fleet;

import io.github.dropwizardlogdna.benchmarks.Progress;
import io.github.dropwizardlogdna.benchmarks.fleet.Clients.AfterRetryAfter;
import io.github.dropwizardlogdna.benchmarks.fleet.Endpoint.Asks;
import io.github.dropwizardlogdna.benchmarks.fleet.Simulation.Result;
import io.github.dropwizardlogdna.shipping.RetryPolicy;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs the simulations of docs/fleet.md, prints their tables, and writes their plot. */
public final class Fleet {

    /** What is shown after the end of the outage. */
    private static final int SHOWN = Simulation.RECOVERY + 15 * 60;

    private static final int LARGEST = 10_000;
    private static final double BUFFER = 32 * 1024 * 1024;
    /** A normal load's worth to spare. */
    private static final double HEADROOM = 2;
    /** Nobody runs a smaller endpoint, however few services there are. */
    private static final double SMALLEST_CAPACITY = 100_000;

    private final double linesPerSecond;
    private final long seed;

    private Fleet(double linesPerSecond, long seed) {
        this.linesPerSecond = linesPerSecond;
        this.seed = seed;
    }

    /**
     * Prints the tables.
     *
     * @param linesPerSecond what each instance logs
     * @param svg the file for the plot; null for none
     */
    public static void run(double linesPerSecond, long seed, @Nullable Path svg) throws IOException {
        new Fleet(linesPerSecond, seed).run(svg);
    }

    private void run(@Nullable Path svg) throws IOException {
        System.out.printf(Locale.ROOT, "Seed %d, %.0f lines a second from each instance.%n%n", seed, linesPerSecond);
        Client appender = Clients.appender(BUFFER);
        List<Client> clients = new ArrayList<>(List.of(appender));
        clients.addAll(Clients.peers());
        List<Result> largest = List.of();
        for (int instances : new int[] {1, 100, LARGEST}) {
            String title = String.format(Locale.ROOT, instances == 1 ? "%d instance" : "%,d instances", instances);
            largest = print(title, clients, instances, linesPerSecond, Asks.NOTHING);
        }
        if (svg != null) {
            String heading = String.format(
                    Locale.ROOT, "%,d services after ten minutes without an endpoint: requests a second", LARGEST);
            Files.writeString(svg, FleetPlot.of(heading, largest, SHOWN));
        }
        print("10,000 instances, ten times the lines", List.of(appender), LARGEST, 10 * linesPerSecond, Asks.NOTHING);

        List<Client> delays =
                List.of(appender, other(500, 10), other(500, 60), other(1_000, 30), other(2_000, 30), other(5_000, 60));
        print("10,000 instances, other delays", delays, LARGEST, linesPerSecond, Asks.NOTHING);
        RetryPolicy defaults = Clients.defaults();
        List<Client> spreads = List.of(
                appender,
                Clients.appender("Retry-After exactly", defaults, BUFFER, AfterRetryAfter.AT_ONCE),
                Clients.appender("Retry-After, then the backoff", defaults, BUFFER, AfterRetryAfter.BACKOFF));
        print("10,000 instances, Retry-After in seconds", spreads, LARGEST, linesPerSecond, Asks.SECONDS);
        print("10,000 instances, Retry-After as a date", spreads, LARGEST, linesPerSecond, Asks.DATE);
    }

    private static Client other(int minMillis, int maxSeconds) {
        RetryPolicy policy = new RetryPolicy(Duration.ofMillis(minMillis), Duration.ofSeconds(maxSeconds));
        return Clients.appender(
                minMillis + " ms to " + maxSeconds + " s", policy, BUFFER, AfterRetryAfter.A_FIFTH_MORE);
    }

    private List<Result> print(String title, List<Client> clients, int instances, double lines, Asks asks) {
        double normal = instances * (lines + Endpoint.REQUEST_COST);
        double capacity = Math.max(SMALLEST_CAPACITY, HEADROOM * normal);
        Simulation simulation = new Simulation(instances, lines, capacity, asks, seed);
        StringBuilder table = new StringBuilder("### " + title + "\n\n"
                + "| client | requests in the outage | most in a second, in the minute after it | most in a tenth of a second"
                + " | turned away after it | half had delivered after | all had caught up after | dropped: buffer full"
                + " | dropped: attempts used up |\n|---|---|---|---|---|---|---|---|---|\n");
        List<Result> results = new ArrayList<>();
        for (Client client : clients) {
            Progress.say(title + ": " + client.name());
            Result result = simulation.run(client);
            results.add(result);
            table.append(row(result));
        }
        System.out.println(table);
        return results;
    }

    private static String row(Result result) {
        Timeline timeline = result.timeline();
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %,d | %,d | %s | %s | %s | %s |%n",
                result.client().name(),
                timeline.came(Simulation.OUTAGE, Simulation.RECOVERY),
                timeline.most(Simulation.RECOVERY, Simulation.RECOVERY + 60),
                timeline.mostInATenth(Simulation.RECOVERY, Simulation.RECOVERY + 60),
                timeline.turnedAway(Simulation.RECOVERY, Simulation.END),
                seconds(result.firstLines()),
                seconds(result.drained()),
                share(result.full(), result),
                share(result.givenUp(), result));
    }

    private static String seconds(double seconds) {
        return Double.isNaN(seconds) ? "never" : String.format(Locale.ROOT, "%.1f s", seconds);
    }

    /** Of the lines that were logged in the outage. */
    private static String share(double lines, Result result) {
        double share = 100 * lines / result.loggedInOutage();
        return lines < 0.5 ? "0" : String.format(Locale.ROOT, "%,.0f (%.1f %%)", lines, share);
    }
}
