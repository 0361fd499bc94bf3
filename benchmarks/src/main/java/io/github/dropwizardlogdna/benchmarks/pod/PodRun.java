package io.github.dropwizardlogdna.benchmarks.pod;

import io.github.dropwizardlogdna.benchmarks.Progress;
import io.github.dropwizardlogdna.benchmarks.Settings;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Runs the example service with the settings of its manifest: a healthy minute, an outage, SIGTERM in the middle of it, and
 * a second process that finds the endpoint back and the volume as the first one left it, as a restarted container does.
 */
public final class PodRun {

    private static final Path MANIFEST = Path.of("example-service/kubernetes.yml");
    private static final Path JAR = Path.of("example-service/target/example-service.jar");
    private static final String ORDER =
            "{\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea-01\",\"quantity\":2,\"unitPrice\":4.90}]}";
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(3);
    private static final long MEBIBYTE = 1 << 20;
    private static final double HEALTHY_SECONDS = 60;
    private static final int ORDERS_PER_SECOND = 50;

    private final Manifest manifest;
    private final Container container;
    private final Books books;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final int port;
    private final int adminPort;
    private final List<String> rows = new ArrayList<>();

    /** Orders that were answered with 201, each of which logs three lines. */
    private int orders;

    private int failedOrders;
    private int probes;
    private int failedProbes;

    private PodRun(Manifest manifest, Container container, Books books) throws IOException {
        this.manifest = manifest;
        this.container = container;
        this.books = books;
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) { // both at once, so that they differ
            this.port = one.getLocalPort();
            this.adminPort = other.getLocalPort();
        }
    }

    /** Returns whether nothing was lost, killed or late. */
    public static boolean run(Settings settings) throws IOException, InterruptedException {
        double outageSeconds = settings.outageSeconds(600);
        int perSecond = settings.rate() == 0 ? ORDERS_PER_SECOND : settings.rate();
        Manifest manifest = Manifest.read(MANIFEST);
        Container container = Container.of(manifest, JAR);
        try (Books books = new Books()) {
            return new PodRun(manifest, container, books).run(outageSeconds, perSecond);
        } finally {
            container.close();
        }
    }

    private boolean run(double outageSeconds, int perSecond) throws IOException, InterruptedException {
        Process first = start("first.log");
        load(HEALTHY_SECONDS, perSecond);
        await(() -> books.arrived(orders) == 3 * orders);
        row("after a healthy minute", first);

        books.away(true);
        load(outageSeconds, perSecond);
        row(String.format(Locale.ROOT, "after %.0f s of outage", outageSeconds), first);
        Progress.say("SIGTERM");
        double firstEnd = container.end(first);
        int code = first.exitValue();
        books.away(false);

        Process second = start("second.log");
        int logged = orders;
        await(() -> books.arrived(logged) == 3 * logged);
        row("after the next start", second);
        double secondEnd = container.end(second);
        int missing = 3 * orders - books.arrived(orders);
        long kills = container.outOfMemoryKills();

        System.out.println("Limit " + manifest.memoryBytes() / MEBIBYTE + " MiB"
                + (container.isConfined() ? "" : ", not enforced") + ", " + perSecond
                + " orders a second, each of three lines.\n\n"
                + "| | lines logged | arrived | resident memory, most | cgroup memory, most, page cache included |\n"
                + "|---|---|---|---|---|\n" + String.join("", rows));
        System.out.printf(
                Locale.ROOT,
                "%nSIGTERM in the outage: ended after %.1f s (exit code %d; grace period %d s), again after recovery: %.1f s. "
                        + "Missing %d lines, twice %d. Probes: %d, of which %d failed. Orders that failed: %d. "
                        + "Killed for want of memory: %d.%n",
                firstEnd,
                code,
                manifest.gracePeriodSeconds(),
                secondEnd,
                missing,
                books.twice(),
                probes,
                failedProbes,
                failedOrders,
                kills);
        Progress.say("logs: " + container.log("first.log") + ", " + container.log("second.log"));
        return missing == 0 && kills == 0 && failedProbes == 0 && !Double.isNaN(firstEnd) && !Double.isNaN(secondEnd);
    }

    private Process start(String log) throws IOException {
        Map<String, String> environment = manifest.environment();
        environment.put("LOGDNA_URL", books.url());
        Process process = container.start(manifest.config(port, adminPort), environment, log);
        Progress.say("starting, log in " + container.log(log));
        await(() -> status(get(adminPort, "/ping")) == 200 || !process.isAlive());
        if (!process.isAlive()) {
            throw new IOException("the service has ended: " + Files.readString(container.log(log)));
        }
        return process;
    }

    private void load(double seconds, int perSecond) {
        Progress.say(String.format(Locale.ROOT, "%.0f s of load", seconds));
        long begin = System.nanoTime();
        long end = begin + (long) (seconds * 1e9);
        long nextProbe = begin;
        for (int i = 0; System.nanoTime() < end; i++) {
            long due = begin + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            while (due > System.nanoTime()) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            if (status(order(orders)) == 201) {
                orders++;
            } else {
                failedOrders++;
            }
            if (System.nanoTime() >= nextProbe) {
                nextProbe += TimeUnit.SECONDS.toNanos(5);
                probe();
            }
        }
    }

    private void probe() {
        for (String path : manifest.probes()) {
            probes++;
            if (status(get(adminPort, path)) != 200) {
                failedProbes++;
            }
        }
    }

    private HttpRequest order(int number) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders?n=" + number))
                .header("Content-Type", "application/json")
                .header("X-Request-Id", "n-" + number)
                .timeout(Duration.ofSeconds(20))
                .POST(BodyPublishers.ofString(ORDER))
                .build();
    }

    private static HttpRequest get(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private int status(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private void row(String when, Process process) throws IOException {
        long cgroup = container.memory("memory.max_usage_in_bytes");
        rows.add(String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %d MiB | %s |%n",
                when,
                3 * orders,
                books.arrived(orders),
                Container.mostResident(process) / MEBIBYTE,
                cgroup < 0 ? "-" : cgroup / MEBIBYTE + " MiB"));
    }
}
