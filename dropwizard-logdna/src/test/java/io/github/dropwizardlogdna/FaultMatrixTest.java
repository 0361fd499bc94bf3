package io.github.dropwizardlogdna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.dropwizardlogdna.Fault.Trait;
import io.github.dropwizardlogdna.FaultyEndpoint.Certificates;
import io.github.dropwizardlogdna.FaultyEndpoint.Taken;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.Shipper;
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
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Logger REPORTER = (Logger) LoggerFactory.getLogger(Reporter.LOGGER);
    private static final ListAppender<ILoggingEvent> REPORTS = new ListAppender<>();

    @TempDir
    static Path directory;

    private static Certificates certificates;

    private final String name = "faulty-" + COUNT.incrementAndGet();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final LongAccumulator peak = new LongAccumulator(Math::max, 0);

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
    void linesArriveOnceItIsOver(Fault fault) throws Exception {
        try (FaultyEndpoint endpoint = start(fault);
                ConfiguredAppender appender = appender(endpoint, fault)) {
            logAround(fault, endpoint, appender);
            Shipper shipper = appender.shipper();
            await().atMost(PATIENCE).until(() -> shipper.heldLines() == 0 && notices(endpoint) == fault.refused());
            appender.stop();

            assertThat(shipper.accepted()).isEqualTo(LINES + fault.refused()); // the notices
            assertThat(shipper.delivered()).isEqualTo(shipper.accepted() - fault.refused());
            assertThat(dropped(shipper)).isEqualTo(fault.refused());
            assertThat(shipper.dropped(DropReason.REFUSED)).isEqualTo(fault.refused());
            assertThat(peak.get()).isPositive().isLessThanOrEqualTo(BUFFER);
            assertThat(shipper.heldBytes()).isZero();
            assertThat(endpoint.requestsToImpostors()).isZero();
            assertAllButTheRefusedArrived(fault, endpoint);
            assertNoneCameTwiceButForALostAnswer(fault, endpoint);
            assertThatThreadsKeptTheirOrder(endpoint);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "RESETS_AFTER_THE_REQUEST"})
    void aSpoolHoldsWhatMemoryCannot(Fault fault) throws Exception {
        Path spool = Files.createTempDirectory(directory, "spool");
        try (FaultyEndpoint endpoint = start(fault);
                ConfiguredAppender appender =
                        smallAppender(endpoint, fault, "neverBlock: false", "spool: {directory: '" + spool + "'}")) {
            // With neverBlock: false the threads would wait for the endpoint, if the lines were in memory.
            logAround(fault, endpoint, appender);
            Shipper shipper = appender.shipper();
            await().atMost(PATIENCE).until(() -> shipper.heldLines() == 0);
            appender.stop();

            assertThat(shipper.delivered()).isEqualTo(shipper.accepted()).isEqualTo(LINES);
            assertThat(dropped(shipper)).isZero();
            assertThat(peak.get()).isLessThanOrEqualTo(SMALL_BUFFER);
            assertAllButTheRefusedArrived(fault, endpoint);
            assertNoneCameTwiceButForALostAnswer(fault, endpoint);
            assertThatThreadsKeptTheirOrder(endpoint);
            assertThat(spool.resolve(name)).isEmptyDirectory();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "NEVER_ANSWERS"})
    void whatDoesNotFitIsCountedAndTold(Fault fault) throws Exception {
        try (FaultyEndpoint endpoint = start(fault);
                ConfiguredAppender appender = smallAppender(endpoint, fault)) {
            logAround(fault, endpoint, appender);
            Shipper shipper = appender.shipper();
            await().atMost(PATIENCE).until(() -> shipper.heldLines() == 0 && notices(endpoint) > 0);
            appender.stop();

            long dropped = dropped(shipper);
            assertThat(dropped).isPositive();
            assertThat(shipper.delivered()).isEqualTo(shipper.accepted());
            assertThat(shipper.accepted() - notices(endpoint) + dropped).isEqualTo(LINES);
            assertThat(numbersOfLines(arrivals(endpoint))).hasSize((int) (LINES - dropped));
            assertThat(toldToBeDropped()).isEqualTo(dropped);
            assertThat(peak.get()).isLessThanOrEqualTo(SMALL_BUFFER);
            assertNoneCameTwiceButForALostAnswer(fault, endpoint);
            assertThatThreadsKeptTheirOrder(endpoint);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "ANSWERS_503"})
    void threadsThatWereToldToWaitLoseNothing(Fault fault) throws Exception {
        try (FaultyEndpoint endpoint = start(fault);
                ConfiguredAppender appender = smallAppender(endpoint, fault, "neverBlock: false")) {
            fault.begin(endpoint);
            List<Future<?>> logging = startLogging(appender, 0, LINES_OF_A_THREAD);
            await().atMost(PATIENCE).until(() -> appender.shipper().heldBytes() > SMALL_BUFFER / 2);
            awaitFault(fault, endpoint, appender.shipper());
            assertThat(logging).anyMatch(thread -> !thread.isDone());
            endpoint.recover();
            awaitAll(logging);
            await().atMost(PATIENCE).until(() -> appender.shipper().heldLines() == 0);
            appender.stop();

            assertThat(appender.shipper().delivered()).isEqualTo(LINES);
            assertThat(dropped(appender.shipper())).isZero();
            assertThat(peak.get()).isLessThanOrEqualTo(SMALL_BUFFER);
            assertAllButTheRefusedArrived(fault, endpoint);
            assertNoneCameTwiceButForALostAnswer(fault, endpoint);
            assertThatThreadsKeptTheirOrder(endpoint);
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
    void anEndInTheMiddleAbandonsTheRestAndTells(Fault fault) throws Exception {
        try (FaultyEndpoint endpoint = start(fault);
                ConfiguredAppender appender = appender(endpoint, fault, "shutdownTimeout: 300ms")) {
            Shipper shipper = logIntoAnOutage(fault, endpoint, appender);
            long delivered = shipper.delivered();
            appender.stop();

            assertThat(shipper.accepted()).isEqualTo(LINES);
            assertThat(shipper.delivered()).isEqualTo(delivered).isEqualTo(LINES_BEFORE);
            assertThat(shipper.dropped(DropReason.ABANDONED)).isEqualTo(LINES - delivered);
            assertThat(dropped(shipper)).isEqualTo(LINES - delivered);
            assertThat(shipper.heldLines()).isZero();
            assertThat(reports())
                    .anyMatch(report -> report.contains(": " + (LINES - delivered) + " lines were abandoned"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSES_CONNECTIONS", "NEVER_ANSWERS", "KEY_REFUSED"})
    void anEndInTheMiddleLeavesTheRestInTheSpool(Fault fault) throws Exception {
        String spool = "spool: {directory: '" + Files.createTempDirectory(directory, "spool") + "'}";
        try (FaultyEndpoint endpoint = start(fault)) {
            long kept;
            try (ConfiguredAppender appender = appender(endpoint, fault, "shutdownTimeout: 300ms", spool)) {
                Shipper shipper = logIntoAnOutage(fault, endpoint, appender);
                appender.stop();
                kept = shipper.keptLines();
                assertThat(dropped(shipper)).isZero();
                assertThat(shipper.delivered() + kept)
                        .isEqualTo(shipper.accepted())
                        .isEqualTo(LINES);
            }
            assertThat(kept).isEqualTo(LINES - LINES_BEFORE);
            endpoint.recover();
            try (ConfiguredAppender next = appender(endpoint, fault, "shutdownTimeout: 60s", spool)) {
                next.log(next.event("the first line of the next process"));
                await().atMost(PATIENCE).until(() -> next.shipper().recovered() == kept);
            }
            assertAllButTheRefusedArrived(fault, endpoint);
            assertNoneCameTwiceButForALostAnswer(fault, endpoint);
            assertThatThreadsKeptTheirOrder(endpoint);
        }
    }

    // What they have in common

    private static FaultyEndpoint start(Fault fault) throws Exception {
        return FaultyEndpoint.start(fault.is(Trait.OVER_TLS) ? certificates : null);
    }

    /** One whose memory has room for all lines. */
    private ConfiguredAppender appender(FaultyEndpoint endpoint, Fault fault, String... more) throws Exception {
        return fault.is(Trait.LARGE_REQUESTS)
                ? configured(endpoint, fault, BUFFER, "batchSize: 256KiB", "compression: none", more)
                : configured(endpoint, fault, BUFFER, "batchSize: 16KiB", "compression: gzip", more);
    }

    /** One whose memory has room for a fraction of what is logged during the fault. */
    private ConfiguredAppender smallAppender(FaultyEndpoint endpoint, Fault fault, String... more) throws Exception {
        return configured(endpoint, fault, SMALL_BUFFER, "batchSize: 8KiB", "compression: none", more);
    }

    private ConfiguredAppender configured(
            FaultyEndpoint endpoint, Fault fault, long buffer, String batchSize, String compression, String... more)
            throws Exception {
        List<String> options = new ArrayList<>(List.of(
                "name: " + name,
                "ingestionKey: 0123456789abcdef",
                "endpoint: " + endpoint.url(),
                "bufferSize: " + buffer + "B",
                batchSize,
                compression,
                "flushInterval: 50ms",
                "minRetryDelay: 5ms",
                "maxRetryDelay: 50ms",
                "connectionTimeout: 1s",
                // As short as it may be where nothing comes, long for what comes late from a busy machine.
                "timeout: " + (fault.is(Trait.TAKES_LONG) ? "2s" : "20s")));
        if (fault.is(Trait.OVER_TLS)) {
            options.add(certificates.asOption());
        }
        options.addAll(List.of(more));
        return ConfiguredAppender.of(options.toArray(String[]::new));
    }

    /** Returns when all lines are logged and the fault has been seen and is over. */
    private void logAround(Fault fault, FaultyEndpoint endpoint, ConfiguredAppender appender) throws Exception {
        logUntilDelivered(appender, BEFORE);
        fault.begin(endpoint);
        awaitAll(startLogging(appender, BEFORE, BEFORE_IT_IS_OVER));
        awaitFault(fault, endpoint, appender.shipper());
        if (!fault.is(Trait.LASTS)) {
            endpoint.recover();
        }
        awaitAll(startLogging(appender, BEFORE_IT_IS_OVER, LINES_OF_A_THREAD));
    }

    private Shipper logIntoAnOutage(Fault fault, FaultyEndpoint endpoint, ConfiguredAppender appender)
            throws Exception {
        logUntilDelivered(appender, BEFORE);
        fault.begin(endpoint);
        awaitAll(startLogging(appender, BEFORE, LINES_OF_A_THREAD));
        awaitFault(fault, endpoint, appender.shipper());
        return appender.shipper();
    }

    private void logUntilDelivered(ConfiguredAppender appender, int lines) throws Exception {
        awaitAll(startLogging(appender, 0, lines));
        await().atMost(PATIENCE).until(() -> appender.shipper().delivered() == (long) THREADS * lines);
    }

    private List<Future<?>> startLogging(ConfiguredAppender appender, int from, int to) {
        List<Future<?>> logging = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            logging.add(threads.submit(() -> {
                for (int i = from; i < to; i++) {
                    appender.log(appender.event(message(thread, i)));
                    peak.accumulate(appender.shipper().heldBytes());
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

    private void awaitFault(Fault fault, FaultyEndpoint endpoint, Shipper shipper) {
        long failedBefore = shipper.requestsFailed();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            peak.accumulate(shipper.heldBytes());
            // Where nobody listens, nobody counts but the shipper.
            return endpoint.met() >= fault.times() || shipper.requestsFailed() - failedBefore >= fault.times();
        });
    }

    private static String message(int thread, int number) {
        boolean bad = thread == 1 && number == BEFORE_IT_IS_OVER / 2;
        return "%d/%03d %s: as long as the lines of a service are".formatted(thread, number, bad ? Fault.BAD : "fine");
    }

    private static long dropped(Shipper shipper) {
        return Stream.of(DropReason.values()).mapToLong(shipper::dropped).sum();
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

    /** The texts that the endpoint took, in the order in which they came, with those that came twice. */
    private static List<String> arrivals(FaultyEndpoint endpoint) {
        return endpoint.taken().stream()
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

    private static int notices(FaultyEndpoint endpoint) {
        return (int) arrivals(endpoint).stream()
                .filter(text -> text.contains("missing before this one"))
                .distinct()
                .count();
    }

    private static void assertAllButTheRefusedArrived(Fault fault, FaultyEndpoint endpoint) {
        Set<String> missing = new HashSet<>();
        for (int thread = 0; thread < THREADS; thread++) {
            for (int i = 0; i < LINES_OF_A_THREAD; i++) {
                missing.add(message(thread, i));
            }
        }
        arrivals(endpoint).forEach(missing::remove);
        assertThat(missing).hasSize(fault.refused()).allMatch(text -> text.contains(Fault.BAD));
    }

    /** Where answers were lost: the lines of one batch, which is sent until its answer comes. */
    private static void assertNoneCameTwiceButForALostAnswer(Fault fault, FaultyEndpoint endpoint) {
        Set<String> seen = new HashSet<>();
        Set<String> twice =
                arrivals(endpoint).stream().filter(text -> !seen.add(text)).collect(Collectors.toSet());
        Set<List<String>> answersLost = endpoint.taken().stream()
                .filter(taken -> !taken.answered())
                .map(taken -> texts(taken.lines()))
                .collect(Collectors.toSet());
        if (fault.is(Trait.ANSWER_LOST)) {
            assertThat(answersLost).hasSize(1);
            assertThat(twice).isEqualTo(Set.copyOf(answersLost.iterator().next()));
        } else {
            assertThat(answersLost).isEmpty();
            assertThat(twice).isEmpty();
        }
    }

    /** In the order of first arrivals; what was told to come again excepted, which comes before anything newer. */
    private static void assertThatThreadsKeptTheirOrder(FaultyEndpoint endpoint) {
        Map<String, Integer> last = new HashMap<>();
        Set<String> seen = new HashSet<>();
        Set<String> again = Set.of();
        for (Taken taken : endpoint.taken()) {
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
