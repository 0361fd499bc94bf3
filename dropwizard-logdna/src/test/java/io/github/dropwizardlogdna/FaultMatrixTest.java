package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dropwizardlogdna.Fault.Certificates;
import io.github.dropwizardlogdna.Fault.Trait;
import io.github.dropwizardlogdna.report.ReportLog;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Behaviour;
import io.github.dropwizardlogdna.testing.MisbehavingServer.Exchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the lines of a whole appender when its endpoint has a bad day: each {@link Fault} is on while four
 * threads log, and is over only after they have returned, so that none of them can have waited for the endpoint.
 *
 * <p>{@code docs/reliability.md} shows the figures; {@link ReliabilityTableTest} compares.
 */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT) // they mostly wait
class FaultMatrixTest {

    private static final int THREADS = 4;
    private static final int LINES_OF_A_THREAD = 500;
    /** Of each thread, before the fault. */
    private static final int BEFORE = 50;
    /** Of each thread, before the fault or during it. */
    private static final int BEFORE_IT_IS_OVER = 400;

    static final int LINES = THREADS * LINES_OF_A_THREAD;
    static final int LINES_BEFORE = THREADS * BEFORE;

    private static final long BUFFER = 2 * 1024 * 1024;
    private static final long SMALL_BUFFER = 96 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern NUMBERED = Pattern.compile("(\\d)/(\\d+) .*");
    private static final Behaviour HEALTHY = MisbehavingServer.answer(200);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Logger REPORTER = (Logger) LoggerFactory.getLogger(ReportLog.LOGGER);
    private static final ListAppender<ILoggingEvent> REPORTS = new ListAppender<>();

    @TempDir
    static Path directory;

    private static Certificates certificates;

    private final String name = "faulty-" + COUNT.incrementAndGet();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final LongAccumulator peak = new LongAccumulator(Math::max, 0);
    /** When the fault began: {@link MisbehavingServer#served} and {@link MisbehavingServer#begun}. */
    private int servedBefore;

    private int begunBefore;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = Certificates.in(directory);
        REPORTS.list = new CopyOnWriteArrayList<>(); // the tests run at once
        REPORTS.start();
        REPORTER.addAppender(REPORTS);
        REPORTER.setAdditive(false);
    }

    @AfterAll
    static void forgetReports() {
        REPORTER.setAdditive(true);
        REPORTER.detachAppender(REPORTS);
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void linesArriveAfterTheFault(Fault fault) throws Exception {
        try (MisbehavingServer server = start(fault);
                ConfiguredAppender appender = appender(server, fault)) {
            logAround(fault, server, appender);
            Shipper shipper = appender.shipper();
            await().atMost(PATIENCE)
                    .until(() -> shipper.counts().heldLines() == 0 && notices(server) == fault.refused());
            appender.stop();

            assertThat(shipper.counts().accepted()).isEqualTo(LINES + fault.refused()); // the notices
            assertThat(shipper.counts().delivered()).isEqualTo(shipper.counts().accepted() - fault.refused());
            assertThat(dropped(shipper)).isEqualTo(fault.refused());
            assertThat(shipper.counts().dropped(DropReason.REFUSED)).isEqualTo(fault.refused());
            assertThat(peak.get()).isPositive().isLessThanOrEqualTo(BUFFER);
            assertThat(shipper.counts().heldBytes()).isZero();
            assertAllButTheRefusedArrived(fault, server);
            assertNoneCameTwiceButForALostAnswer(fault, server);
            assertThatThreadsKeptTheirOrder(server);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "RESETS_AFTER_THE_REQUEST", "ANSWERS_503"})
    void aSpoolHoldsLinesThatDoNotFitInMemory(Fault fault) throws Exception {
        Path spool = Files.createTempDirectory(directory, "spool");
        try (MisbehavingServer server = start(fault);
                ConfiguredAppender appender =
                        smallAppender(server, fault, "neverBlock: false", "spool: {directory: '" + spool + "'}")) {
            // With neverBlock: false the threads would wait for the endpoint, if the lines were in memory.
            logAround(fault, server, appender);
            Shipper shipper = appender.shipper();
            await().atMost(PATIENCE).until(() -> shipper.counts().heldLines() == 0);
            appender.stop();

            assertThat(shipper.counts().delivered())
                    .isEqualTo(shipper.counts().accepted())
                    .isEqualTo(LINES);
            assertThat(dropped(shipper)).isZero();
            assertThat(peak.get()).isLessThanOrEqualTo(SMALL_BUFFER);
            assertAllButTheRefusedArrived(fault, server);
            assertNoneCameTwiceButForALostAnswer(fault, server);
            assertThatThreadsKeptTheirOrder(server);
            assertThat(spool.resolve(name)).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "NEVER_ANSWERS", "ANSWERS_503"})
    void linesThatDoNotFitAreCountedAndReported(Fault fault) throws Exception {
        try (MisbehavingServer server = start(fault);
                ConfiguredAppender appender = smallAppender(server, fault)) {
            logAround(fault, server, appender);
            Shipper shipper = appender.shipper();
            await().atMost(PATIENCE).until(() -> shipper.counts().heldLines() == 0 && notices(server) > 0);
            appender.stop();

            long dropped = dropped(shipper);
            assertThat(dropped).isPositive();
            assertThat(shipper.counts().delivered()).isEqualTo(shipper.counts().accepted());
            assertThat(shipper.counts().accepted() - notices(server) + dropped).isEqualTo(LINES);
            assertThat(numbersOfLines(arrivals(server))).hasSize((int) (LINES - dropped));
            assertThat(toldToBeDropped()).isEqualTo(dropped);
            assertThat(peak.get()).isLessThanOrEqualTo(SMALL_BUFFER);
            assertNoneCameTwiceButForALostAnswer(fault, server);
            assertThatThreadsKeptTheirOrder(server);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "ANSWERS_503"})
    void blockedThreadsLoseNothing(Fault fault) throws Exception {
        try (MisbehavingServer server = start(fault);
                ConfiguredAppender appender = smallAppender(server, fault, "neverBlock: false")) {
            begin(fault, server);
            List<Future<?>> logging = startLogging(appender, 0, LINES_OF_A_THREAD);
            await().atMost(PATIENCE).until(() -> appender.shipper().counts().heldBytes() > SMALL_BUFFER / 2);
            awaitFault(fault, server, appender.shipper());
            assertThat(logging).anyMatch(thread -> !thread.isDone());
            recover(fault, server);
            awaitAll(logging);
            await().atMost(PATIENCE).until(() -> appender.shipper().counts().heldLines() == 0);
            appender.stop();

            assertThat(appender.shipper().counts().delivered()).isEqualTo(LINES);
            assertThat(dropped(appender.shipper())).isZero();
            assertThat(peak.get()).isLessThanOrEqualTo(SMALL_BUFFER);
            assertAllButTheRefusedArrived(fault, server);
            assertNoneCameTwiceButForALostAnswer(fault, server);
            assertThatThreadsKeptTheirOrder(server);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "REFUSES_CONNECTIONS",
                "ACCEPTS_AND_HANGS",
                "NEVER_ANSWERS",
                "DRIPS_THE_HEAD",
                "ANSWERS_503",
                "KEY_REFUSED"
            })
    void aShutdownDuringTheFaultAbandonsTheRestAndReportsIt(Fault fault) throws Exception {
        try (MisbehavingServer server = start(fault);
                ConfiguredAppender appender = appender(server, fault, "shutdownTimeout: 300ms")) {
            Shipper shipper = logIntoAnOutage(fault, server, appender);
            long delivered = shipper.counts().delivered();
            appender.stop();

            assertThat(shipper.counts().accepted()).isEqualTo(LINES);
            assertThat(shipper.counts().delivered()).isEqualTo(delivered).isEqualTo(LINES_BEFORE);
            assertThat(shipper.counts().dropped(DropReason.ABANDONED)).isEqualTo(LINES - delivered);
            assertThat(dropped(shipper)).isEqualTo(LINES - delivered);
            assertThat(shipper.counts().heldLines()).isZero();
            assertThat(reports())
                    .anyMatch(report -> report.contains(": " + (LINES - delivered) + " lines were abandoned"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "NEVER_ANSWERS", "KEY_REFUSED"})
    void aShutdownDuringTheFaultLeavesTheRestInTheSpool(Fault fault) throws Exception {
        String spool = "spool: {directory: '" + Files.createTempDirectory(directory, "spool") + "'}";
        try (MisbehavingServer server = start(fault)) {
            long kept;
            // Long enough for the lines to be on the disk, and not for the request that got no answer to end.
            try (ConfiguredAppender appender = appender(server, fault, "shutdownTimeout: 3s", spool)) {
                Shipper shipper = logIntoAnOutage(fault, server, appender);
                appender.stop();
                kept = shipper.keptLines();
                assertThat(dropped(shipper)).isZero();
                assertThat(shipper.counts().delivered() + kept)
                        .isEqualTo(shipper.counts().accepted())
                        .isEqualTo(LINES);
            }
            assertThat(kept).isEqualTo(LINES - LINES_BEFORE);
            recover(fault, server);
            try (ConfiguredAppender next = appender(server, fault, "shutdownTimeout: 60s", spool)) {
                next.log(next.event("the first line of the next process"));
                await().atMost(PATIENCE).until(() -> next.shipper().counts().recovered() == kept);
            }
            assertAllButTheRefusedArrived(fault, server);
            assertNoneCameTwiceButForALostAnswer(fault, server);
            assertThatThreadsKeptTheirOrder(server);
        }
    }

    // What they have in common

    private static MisbehavingServer start(Fault fault) throws Exception {
        return fault.is(Trait.OVER_TLS)
                ? MisbehavingServer.https(certificates.good().context(), HEALTHY)
                : MisbehavingServer.http(HEALTHY);
    }

    private void begin(Fault fault, MisbehavingServer server) throws Exception {
        servedBefore = server.served();
        begunBefore = server.begun();
        fault.begin(server, certificates);
    }

    private void recover(Fault fault, MisbehavingServer server) throws Exception {
        if (!fault.is(Trait.NOTHING_IS_SENT)) {
            server.behave(HEALTHY);
            return;
        }
        server.leave();
        assertThat(server.begun()).isEqualTo(begunBefore);
        server.behave(HEALTHY);
        if (fault.is(Trait.OVER_TLS)) {
            server.comeBack(certificates.good().context());
        } else {
            server.comeBack();
        }
    }

    /** One whose memory has room for all lines. */
    private ConfiguredAppender appender(MisbehavingServer server, Fault fault, String... more) throws Exception {
        return fault.is(Trait.LARGE_REQUESTS)
                ? configured(server, fault, BUFFER, "batchSize: 256KiB", "compression: none", more)
                : configured(server, fault, BUFFER, "batchSize: 16KiB", "compression: gzip", more);
    }

    /** One whose memory has room for a fraction of what is logged during the fault. */
    private ConfiguredAppender smallAppender(MisbehavingServer server, Fault fault, String... more) throws Exception {
        return configured(server, fault, SMALL_BUFFER, "batchSize: 8KiB", "compression: none", more);
    }

    private ConfiguredAppender configured(
            MisbehavingServer server, Fault fault, long buffer, String batchSize, String compression, String... more)
            throws Exception {
        List<String> options = new ArrayList<>(List.of(
                "name: " + name,
                "ingestionKey: 0123456789abcdef",
                "endpoint: " + server.endpoint() + "/logs/ingest",
                "bufferSize: " + buffer + "B",
                batchSize,
                compression,
                "flushInterval: 50ms",
                "minRetryDelay: 5ms",
                "maxRetryDelay: 50ms",
                "connectionTimeout: 1s",
                // As short as it may be where nothing comes, long for what comes late from a busy machine.
                "timeout: " + (fault.is(Trait.TAKES_LONG) ? "5s" : "20s")));
        if (fault.is(Trait.OVER_TLS)) {
            options.add(certificates.asOption());
        }
        options.addAll(List.of(more));
        return ConfiguredAppender.of(options.toArray(String[]::new));
    }

    /** Returns when all lines are logged and the fault has been seen and is over. */
    private void logAround(Fault fault, MisbehavingServer server, ConfiguredAppender appender) throws Exception {
        logUntilDelivered(appender, BEFORE);
        begin(fault, server);
        awaitAll(startLogging(appender, BEFORE, BEFORE_IT_IS_OVER));
        awaitFault(fault, server, appender.shipper());
        if (!fault.is(Trait.LASTS)) {
            recover(fault, server);
        }
        awaitAll(startLogging(appender, BEFORE_IT_IS_OVER, LINES_OF_A_THREAD));
    }

    private Shipper logIntoAnOutage(Fault fault, MisbehavingServer server, ConfiguredAppender appender)
            throws Exception {
        logUntilDelivered(appender, BEFORE);
        begin(fault, server);
        awaitAll(startLogging(appender, BEFORE, LINES_OF_A_THREAD));
        awaitFault(fault, server, appender.shipper());
        return appender.shipper();
    }

    private void logUntilDelivered(ConfiguredAppender appender, int lines) throws Exception {
        awaitAll(startLogging(appender, 0, lines));
        await().atMost(PATIENCE).until(() -> appender.shipper().counts().delivered() == (long) THREADS * lines);
    }

    private List<Future<?>> startLogging(ConfiguredAppender appender, int from, int to) {
        List<Future<?>> logging = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            logging.add(threads.submit(() -> {
                for (int i = from; i < to; i++) {
                    appender.log(appender.event(message(thread, i)));
                    peak.accumulate(appender.shipper().counts().heldBytes());
                }
            }));
        }
        return logging;
    }

    private static void awaitAll(List<Future<?>> logging) throws Exception {
        for (Future<?> each : logging) {
            each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private void awaitFault(Fault fault, MisbehavingServer server, Shipper shipper) {
        long failedBefore = shipper.counts().requestsFailed();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            peak.accumulate(shipper.counts().heldBytes());
            // Where nobody listens, nobody counts but the shipper.
            return server.served() - servedBefore >= fault.times()
                    || shipper.counts().requestsFailed() - failedBefore >= fault.times();
        });
    }

    private static String message(int thread, int number) {
        boolean bad = thread == 1 && number == BEFORE_IT_IS_OVER / 2;
        return "%d/%03d %s: as long as the lines of a service are".formatted(thread, number, bad ? Fault.BAD : "fine");
    }

    private static long dropped(Shipper shipper) {
        return shipper.counts().droppedLines();
    }

    private List<String> reports() {
        return REPORTS.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(report -> report.contains("'" + name + "'"))
                .toList();
    }

    private long toldToBeDropped() {
        Pattern told = Pattern.compile(": (?:before the end )?(\\d+) lines? (was|were) dropped");
        return reports().stream()
                .map(told::matcher)
                .filter(Matcher::find)
                .mapToLong(report -> Long.parseLong(report.group(1)))
                .sum();
    }

    // What came of it

    /**
     * One request's lines, as far as they were taken, and those that must come again. A request that was read whole and not
     * answered counts as taken: the worst case, in which the lines come a second time.
     */
    private record Taken(List<JsonNode> lines, List<JsonNode> again, boolean answered) {}

    /** What was taken of each request, in their order. */
    private static List<Taken> taken(MisbehavingServer server) {
        return server.exchanges().stream().map(FaultMatrixTest::taken).toList();
    }

    private static Taken taken(Exchange exchange) {
        List<JsonNode> lines = exchange.request().lines();
        return switch (exchange.status()) {
            case Exchange.NONE -> new Taken(lines, List.of(), false);
            case 200 -> new Taken(lines, List.of(), true);
            case 207 -> new Taken(withStatus(200, lines, exchange), withStatus(503, lines, exchange), true);
            default -> new Taken(List.of(), List.of(), true);
        };
    }

    private static List<JsonNode> withStatus(int status, List<JsonNode> lines, Exchange exchange) {
        try {
            JsonNode statuses = JSON.readTree(exchange.body()).path("status");
            return IntStream.range(0, lines.size())
                    .filter(i -> statuses.path(i).asInt() == status)
                    .mapToObj(lines::get)
                    .toList();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The texts that the endpoint took, in the order in which they came, with those that came twice. */
    private static List<String> arrivals(MisbehavingServer server) {
        return taken(server).stream()
                .flatMap(taken -> texts(taken.lines()).stream())
                .toList();
    }

    private static List<String> texts(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("line").asText()).toList();
    }

    /** Without what the appender itself or another test has to say. */
    private static Set<String> numbersOfLines(List<String> texts) {
        return texts.stream().filter(text -> NUMBERED.matcher(text).matches()).collect(Collectors.toSet());
    }

    private static int notices(MisbehavingServer server) {
        return (int) arrivals(server).stream()
                .filter(text -> text.contains("missing before this one"))
                .distinct()
                .count();
    }

    private static void assertAllButTheRefusedArrived(Fault fault, MisbehavingServer server) {
        Set<String> missing = new HashSet<>();
        for (int thread = 0; thread < THREADS; thread++) {
            for (int i = 0; i < LINES_OF_A_THREAD; i++) {
                missing.add(message(thread, i));
            }
        }
        arrivals(server).forEach(missing::remove);
        assertThat(missing).hasSize(fault.refused()).allMatch(text -> text.contains(Fault.BAD));
    }

    /** Where answers were lost: the lines of one batch, which is sent until its answer comes, in the end in parts. */
    private static void assertNoneCameTwiceButForALostAnswer(Fault fault, MisbehavingServer server) {
        Set<String> seen = new HashSet<>();
        Set<String> twice =
                arrivals(server).stream().filter(text -> !seen.add(text)).collect(Collectors.toSet());
        Set<List<String>> answersLost = taken(server).stream()
                .filter(taken -> !taken.answered())
                .map(taken -> texts(taken.lines()))
                .collect(Collectors.toSet());
        if (fault.is(Trait.ANSWER_LOST)) {
            assertThat(answersLost).anyMatch(whole -> Set.copyOf(whole).equals(twice));
            assertThat(answersLost).allMatch(twice::containsAll);
        } else {
            assertThat(answersLost).isEmpty();
            assertThat(twice).isEmpty();
        }
    }

    /** In the order of first arrivals; what was told to come again excepted, which comes before anything newer. */
    private static void assertThatThreadsKeptTheirOrder(MisbehavingServer server) {
        Map<String, Integer> last = new HashMap<>();
        Set<String> seen = new HashSet<>();
        Set<String> again = Set.of();
        for (Taken taken : taken(server)) {
            List<String> texts = texts(taken.lines());
            List<String> comeAgain = texts(taken.again());
            assertThat(Stream.concat(texts.stream(), comeAgain.stream()).toList())
                    .containsAll(again);
            for (String text : texts) {
                Matcher line = NUMBERED.matcher(text);
                if (line.matches() && seen.add(text) && !again.contains(text)) {
                    int number = Integer.parseInt(line.group(2));
                    Integer before = last.put(line.group(1), number);
                    assertThat(number).as(text).isGreaterThan(before == null ? -1 : before);
                }
            }
            // The one that is always put off is given up at last.
            again = comeAgain.stream().filter(text -> !text.contains(Fault.BAD)).collect(Collectors.toSet());
        }
    }
}
