package io.github.dropwizardlogdna.benchmarks.service;

import static io.github.dropwizardlogdna.benchmarks.Markdown.number;

import io.github.dropwizardlogdna.benchmarks.Interval;
import io.github.dropwizardlogdna.benchmarks.Progress;
import io.github.dropwizardlogdna.benchmarks.Settings;
import io.github.dropwizardlogdna.benchmarks.WarmUp;
import io.github.dropwizardlogdna.benchmarks.receiver.KeyStoreFile;
import io.github.dropwizardlogdna.benchmarks.receiver.Mode;
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
import io.github.dropwizardlogdna.benchmarks.service.ServiceReport.Comparison;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The service under load, in rounds: in each round each variant is started and warmed up, and then all are measured,
 * in one order in even rounds and in the other in odd ones. A round gives a pair of each variant and the one with no
 * appender.
 */
public final class ServiceBenchmark implements AutoCloseable {

    private static final int WARM_UP_CONNECTIONS = 2;
    private static final double OF_FULL_LOAD = 0.4;
    /** The length of a measurement at a fixed rate, in those at full load: p99.9 needs many requests. */
    private static final int RATE_TIMES = 2;
    /** At the end of an outage: the next attempt to deliver may be eight seconds away. */
    private static final int END_TIMES = 4;
    /** More than {@code flushInterval}. */
    private static final Duration LONGEST_QUIET = Duration.ofMillis(1_200);

    /** In times of {@link #LONGEST_QUIET}. */
    private static final int LONGEST_DRAIN = 5;

    private static final Duration AFTER_THE_END = Duration.ofMillis(300);
    private static final long LONGEST_FIRST_LINE = TimeUnit.SECONDS.toNanos(30);
    private static final double MIB = 1 << 20;

    private final Settings settings;
    private final List<Variant> variants = new ArrayList<>(List.of(Variant.NONE));
    private final LoadProcess load;
    /** Of each variant its own, so that no late line is counted as another's. */
    private final Map<Variant, ReceiverProcess> receivers = new LinkedHashMap<>();

    private final List<String> jvmOptions;
    private final ServiceReport report = new ServiceReport();
    private int rate;

    private ServiceBenchmark(Settings settings, String contenders) throws IOException, InterruptedException {
        this.settings = settings;
        settings.list("contenders", contenders).stream().map(Variant::named).forEach(variants::add);
        load = new LoadProcess(settings.connections());
        KeyStoreFile tls = settings.tls() ? KeyStoreFile.make() : null;
        jvmOptions = new ArrayList<>(settings.jvmOptions());
        if (tls != null) {
            jvmOptions.addAll(tls.trustOptions());
        }
        for (Variant variant : variants) {
            receivers.put(variant, new ReceiverProcess(tls));
        }
        rate = settings.rate();
    }

    /** Full load, a fixed rate, start-up and memory; then an outage of the service with no appender and of ours. */
    public static String load(Settings settings) throws IOException, InterruptedException {
        try (ServiceBenchmark benchmark = new ServiceBenchmark(settings, "file,logdna,loki4j,logtail,logzio")) {
            int pairs = settings.pairs(7);
            for (int i = 0; i < pairs; i++) {
                benchmark.round(i, round -> {
                    round.load();
                    round.outage(false);
                    round.countDelivered();
                });
            }
            return benchmark.describeLoad(pairs) + "\n" + benchmark.describeOutage(pairs);
        }
    }

    /** Only the outage and its end, of the peers as well. */
    public static String outage(Settings settings) throws IOException, InterruptedException {
        try (ServiceBenchmark benchmark = new ServiceBenchmark(settings, "logdna")) {
            int pairs = settings.pairs(7);
            for (int i = 0; i < pairs; i++) {
                benchmark.round(i, round -> round.outage(true));
            }
            return benchmark.describeOutage(pairs);
        }
    }

    /** The first second of a service, which nothing has warmed up. */
    public static String cold(Settings settings) throws IOException, InterruptedException {
        try (ServiceBenchmark benchmark = new ServiceBenchmark(settings, "file,logdna")) {
            int pairs = settings.pairs(9);
            for (int i = 0; i < pairs; i++) {
                benchmark.coldRound(i);
            }
            return benchmark.describeCold(pairs);
        }
    }

    /** What is measured of all the services of a round. */
    @FunctionalInterface
    private interface Part {
        void run(Round round) throws IOException, InterruptedException;
    }

    private void round(int number, Part part) throws IOException, InterruptedException {
        try (Round round = new Round(number)) {
            round.start();
            part.run(round);
            report.add(round.figures);
        }
    }

    private List<Variant> order(int round) {
        List<Variant> order = new ArrayList<>(variants);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }

    /**
     * First comes the load of a few connections: at full load the threads of the requests leave the compilers so little
     * of two cores that they need minutes for what else takes them half of one. Full load follows, for which some code
     * is compiled again.
     */
    private double warmUp(ServiceProcess service) throws InterruptedException {
        double longest = settings.warmUpSeconds(120);
        double light = WarmUp.until(
                longest, service::compilationMillis, seconds -> load.of(WARM_UP_CONNECTIONS, service.port(), seconds));
        return light
                + WarmUp.until(
                        longest - light, service::compilationMillis, seconds -> load.full(service.port(), seconds));
    }

    private ReceiverProcess receiver(Variant variant) {
        return Objects.requireNonNull(receivers.get(variant));
    }

    /** One service of each variant, all alive, of which one at a time is under load. */
    private final class Round implements AutoCloseable {

        private final int number;
        private final Map<Variant, ServiceProcess> services = new LinkedHashMap<>();
        private final Map<Variant, Map<Figure, Double>> figures = new LinkedHashMap<>();

        private final Map<Variant, Long> requestsBefore = new LinkedHashMap<>();

        Round(int number) {
            this.number = number;
        }

        void start() throws IOException, InterruptedException {
            for (Variant variant : order(number)) {
                Progress.say(number("round %d: starts %s", number + 1, variant.key()));
                ServiceProcess service =
                        new ServiceProcess(variant, receiver(variant).uri(), jvmOptions, load);
                services.put(variant, service);
                put(variant, Figure.START, service.startMillis());
                put(variant, Figure.WARM_UP, warmUp(service));
                drain(variant);
                if (variant.ships()) {
                    awaitLines(variant, logged(variant)); // a late one would count as one of the load
                }
                receiver(variant).reset();
            }
        }

        void load() throws InterruptedException {
            services.forEach((variant, service) ->
                    requestsBefore.put(variant, service.state().requests()));
            for (Variant variant : services.keySet()) {
                full(variant, Figure.REQUESTS, Figure.CPU);
            }
            for (Variant variant : services.keySet()) {
                fixedRate(variant, RATE_TIMES, Figure.P50, Figure.P99, Figure.P999);
            }
            for (Map.Entry<Variant, ServiceProcess> service : services.entrySet()) {
                OrderService.State state = service.getValue().state();
                put(service.getKey(), Figure.HEAP, state.heapBytes() / MIB);
                put(service.getKey(), Figure.RESIDENT, state.residentBytes() / MIB);
                put(service.getKey(), Figure.THREADS, state.threads());
            }
        }

        /** @param peersToo otherwise only the service with no appender and that with this library's */
        void outage(boolean peersToo) throws InterruptedException {
            chooseRate();
            for (Variant variant : services.keySet()) {
                if (peersToo || variant.equals(Variant.NONE) || variant.isOurs()) {
                    countDeliveredBeforeOutage(variant);
                    receiver(variant).behave(Mode.UNAVAILABLE);
                    full(variant, Figure.OUTAGE_REQUESTS, Figure.OUTAGE_CPU);
                    fixedRate(variant, RATE_TIMES, Figure.OUTAGE_P50, Figure.OUTAGE_P99, Figure.OUTAGE_P999);
                    put(variant, Figure.OUTAGE_HEAP, service(variant).state().heapBytes() / MIB);
                    receiver(variant).behave(Mode.TAKE);
                    fixedRate(variant, END_TIMES, Figure.END_P50, Figure.END_P99, Figure.END_P999);
                }
            }
        }

        /** Stops the services, which deliver the rest, and counts what has arrived since {@link #load} began. */
        void countDelivered() throws InterruptedException {
            Map<Variant, Double> logged = new LinkedHashMap<>();
            for (Variant variant : services.keySet()) {
                if (variant.ships() && !hasFigure(variant, Figure.DELIVERED)) {
                    logged.put(variant, logged(variant));
                }
            }
            close();
            for (Map.Entry<Variant, Double> lines : logged.entrySet()) {
                receiver(lines.getKey()).awaitQuiet(AFTER_THE_END);
                putDelivered(lines.getKey(), lines.getValue());
            }
        }

        /** The same for one that is to lose lines next. */
        private void countDeliveredBeforeOutage(Variant variant) throws InterruptedException {
            if (variant.ships() && hasFigure(variant, Figure.REQUESTS)) {
                double logged = logged(variant);
                awaitLines(variant, logged);
                putDelivered(variant, logged);
            }
        }

        /** Since {@link #load} began. */
        private double logged(Variant variant) {
            long requests = service(variant).state().requests() - requestsBefore.getOrDefault(variant, 0L);
            return (double) requests * OrderResource.LINES_A_REQUEST;
        }

        private void putDelivered(Variant variant, double logged) {
            put(variant, Figure.DELIVERED, 100 * receiver(variant).report().lines() / logged);
        }

        private boolean hasFigure(Variant variant, Figure figure) {
            return figures.getOrDefault(variant, Map.of()).containsKey(figure);
        }

        private void full(Variant variant, Figure requests, Figure cpu) throws InterruptedException {
            ServiceProcess service = service(variant);
            long before = service.cpuNanos();
            LoadResult result = load.full(service.port(), settings.seconds(3));
            drain(variant);
            put(variant, requests, result.perSecond());
            put(variant, cpu, (service.cpuNanos() - before) / 1e3 / result.requests());
            failed(variant, result);
        }

        private void fixedRate(Variant variant, int times, Figure p50, Figure p99, Figure p999)
                throws InterruptedException {
            chooseRate();
            LoadResult result = load.rate(service(variant).port(), rate, settings.seconds(3) * times);
            drain(variant);
            put(variant, p50, result.p50() / 1e6);
            put(variant, p99, result.p99() / 1e6);
            put(variant, p999, result.p999() / 1e6);
            failed(variant, result);
        }

        /** The first round decides for all. */
        private void chooseRate() throws InterruptedException {
            if (rate == 0) {
                Double measured = figures.getOrDefault(Variant.NONE, Map.of()).get(Figure.REQUESTS);
                double full = measured != null
                        ? measured
                        : load.full(service(Variant.NONE).port(), settings.seconds(3))
                                .perSecond();
                rate = Math.max(100, (int) (OF_FULL_LOAD * full) / 100 * 100);
                Progress.say("the fixed rate is " + rate + " requests a second");
            }
        }

        private ServiceProcess service(Variant variant) {
            return Objects.requireNonNull(services.get(variant));
        }

        private void put(Variant variant, Figure figure, double value) {
            figures.computeIfAbsent(variant, added -> new EnumMap<>(Figure.class))
                    .put(figure, value);
            Progress.say(number("  %s: %s " + figure.format(), variant.key(), figure.title(), value));
        }

        @Override
        public void close() {
            services.values().forEach(ServiceProcess::close);
            services.clear();
        }
    }

    /** Nothing failed because of logging, or the figures are void. */
    private static void failed(Variant variant, LoadResult result) {
        if (result.failed() > 0) {
            throw new IllegalStateException(variant.key() + ": " + result.failed() + " requests failed");
        }
    }

    /** Until the lines of one service are gone, so that they don't weigh on the next. */
    private void drain(Variant variant) throws InterruptedException {
        if (variant.ships()) {
            receiver(variant).awaitQuiet(quiet(variant, LONGEST_QUIET));
        }
    }

    /** Bounded, because a peer may have dropped lines. */
    private void awaitLines(Variant variant, double lines) throws InterruptedException {
        for (int i = 0; i < LONGEST_DRAIN && receiver(variant).report().lines() < lines; i++) {
            receiver(variant).awaitQuiet(LONGEST_QUIET);
        }
    }

    private static Duration quiet(Variant variant, Duration most) {
        Duration quiet = Objects.requireNonNull(variant.contender()).quietAfter();
        return quiet.compareTo(most) < 0 ? quiet : most;
    }

    private void coldRound(int round) throws IOException, InterruptedException {
        Map<Variant, Map<Figure, Double>> figures = new LinkedHashMap<>();
        for (Variant variant : order(round)) {
            Progress.say(number("round %d: %s", round + 1, variant.key()));
            ReceiverProcess receiver = receiver(variant);
            receiver.reset();
            Map<Figure, Double> measured = new EnumMap<>(Figure.class);
            try (ServiceProcess service = new ServiceProcess(variant, receiver.uri(), jvmOptions, load)) {
                Thread.sleep(1_000);
                OrderService.State state = service.state();
                measured.put(Figure.START, service.startMillis());
                measured.put(Figure.START_CPU, state.cpuNanos() / 1e6);
                measured.put(Figure.CLASSES, (double) state.classes());
                measured.put(Figure.FIRST_CALL, state.firstCallNanos() / 1e3);
                measured.put(Figure.FIRST_LINES, state.firstLinesNanos() / 1e3);
                if (variant.ships()) {
                    double delivered = firstDelivered(receiver, service.startedAt());
                    if (!Double.isNaN(delivered)) {
                        measured.put(Figure.FIRST_DELIVERED, delivered);
                    }
                }
            }
            figures.put(variant, measured);
        }
        report.add(figures);
    }

    /** In milliseconds; not a number if it takes too long. */
    private static double firstDelivered(ReceiverProcess receiver, long since) throws InterruptedException {
        long before = System.nanoTime();
        while (receiver.firstArrivalAt() == 0) {
            if (System.nanoTime() - before > LONGEST_FIRST_LINE) {
                return Double.NaN;
            }
            Thread.sleep(50);
        }
        return (receiver.firstArrivalAt() - since) / 1e6;
    }

    private String describeLoad(int pairs) {
        return "## A service under load" + conditions(pairs)
                + report.table("full load", Comparison.RATIO, Figure.REQUESTS, Figure.CPU)
                + report.table("", Comparison.NONE, Figure.DELIVERED, Figure.WARM_UP)
                + report.cpuOfALine()
                + report.table(
                        number("%,d requests a second", rate), Comparison.RATIO, Figure.P50, Figure.P99, Figure.P999)
                + report.table("start-up and memory", Comparison.DIFFERENCE, Figure.START, Figure.HEAP)
                + report.table("", Comparison.DIFFERENCE, Figure.RESIDENT, Figure.THREADS)
                + report.targets();
    }

    private String describeOutage(int pairs) {
        return "## A service in an outage" + conditions(pairs)
                + report.table("full load, 503", Comparison.RATIO, Figure.OUTAGE_REQUESTS, Figure.OUTAGE_CPU)
                + report.table(
                        number("%,d requests a second, 503", rate),
                        Comparison.RATIO,
                        Figure.OUTAGE_P50,
                        Figure.OUTAGE_P99,
                        Figure.OUTAGE_P999)
                + report.table(
                        number("%,d requests a second, as the endpoint comes back", rate),
                        Comparison.RATIO,
                        Figure.END_P50,
                        Figure.END_P99,
                        Figure.END_P999)
                + report.table("memory", Comparison.DIFFERENCE, Figure.OUTAGE_HEAP)
                + report.outageTargets();
    }

    private String describeCold(int pairs) {
        return "## The first second of a service" + conditions(pairs)
                + report.table("", Comparison.DIFFERENCE, Figure.START, Figure.START_CPU, Figure.CLASSES)
                + report.table("", Comparison.DIFFERENCE, Figure.FIRST_CALL, Figure.FIRST_LINES)
                + report.table("", Comparison.NONE, Figure.FIRST_DELIVERED)
                + report.targets();
    }

    private String conditions(int pairs) {
        return (settings.tls() ? ", over TLS" : "") + "\n\n" + Interval.legend(pairs) + "\n\n";
    }

    @Override
    public void close() {
        load.close();
        receivers.values().forEach(ReceiverProcess::close);
    }
}
