package io.github.dropwizardlogdna.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import com.codahale.metrics.MetricRegistry;
import com.google.common.util.concurrent.Uninterruptibles;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.logging.common.LoggingUtil;
import io.github.dropwizardlogdna.appender.ApplicationAppenders;
import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.local.LocalLogDna;
import io.github.dropwizardlogdna.shipping.BufferLimits;
import io.github.dropwizardlogdna.shipping.ClockAndJitter;
import io.github.dropwizardlogdna.shipping.DropReason;
import io.github.dropwizardlogdna.shipping.FailingShippers;
import io.github.dropwizardlogdna.shipping.RetryPolicy;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingSettings;
import io.github.dropwizardlogdna.shipping.SpoolProblem;
import io.github.dropwizardlogdna.testing.ConfigurationFile;
import io.github.dropwizardlogdna.testing.MisbehavingServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** What the library says through its logger: each message is said when it should be, and documented. */
class MessagesTest {

    private static final String KEY = "the-key";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path DOCUMENTATION = Path.of("..", "docs", "messages.md");
    private static final Pattern ROW = Pattern.compile("\\| (INFO|WARN|ERROR) \\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\|");

    @TempDir
    Path directory;

    private final List<ILoggingEvent> said = new CopyOnWriteArrayList<>();
    private volatile Runnable beforeEachReport = () -> {};
    private LoggingFactory logging = new DefaultLoggingFactory();

    @AfterEach
    void stop() {
        logging.stop();
        logging.reset();
    }

    @Test
    void theDocumentationListsExactlyTheMessages() throws IOException {
        List<String> documented = Files.readAllLines(DOCUMENTATION).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(Stream.of(Message.values())
                        .map(message -> message.level() + " " + message.template())
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INCOMPATIBLE") // is thrown: see SelfTestTest
    void eachMessageIsLogged(Message message) throws Exception {
        trigger(message);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(said).anyMatch(event -> says(event, message)));
        assertThat(said).allMatch(event -> Stream.of(Message.values()).anyMatch(each -> says(event, each)));
        assertThat(said).noneMatch(event -> event.getFormattedMessage().contains(KEY));
    }

    private static boolean says(ILoggingEvent event, Message message) {
        return event.getLevel().toString().equals(message.level().toString())
                && pattern(message).matcher(event.getFormattedMessage()).matches();
    }

    /** Its words, with anything for a placeholder. */
    private static Pattern pattern(Message message) {
        return Pattern.compile(
                "\\Q" + message.template().replaceAll("\\{[^}]+}", "\\\\E.*\\\\Q") + "\\E", Pattern.DOTALL);
    }

    private void trigger(Message message) throws Exception {
        switch (message) {
            case STARTED -> configure("http://localhost", "queueSize: 100");
            case BUFFERS_TOO_LARGE -> configure("http://localhost", "bufferSize: 1TiB");
            case DISABLED -> configure("http://localhost", "enabled: false");
            case RETRYING, RECOVERED -> ship(endpoint -> endpoint.answerNext(503));
            case KEY_REFUSED -> ship(endpoint -> endpoint.answerNext(401));
            case SETTING_AT_FAULT -> ship(endpoint -> endpoint.answerNext(404));
            case REFUSED, DROPPED -> ship(endpoint -> endpoint.refuseLine("a line"));
            case STILL_RETRYING -> failForAMinute();
            case DROPPED_AT_SHUTDOWN -> loseALineAgainBeforeTheEnd();
            case NOT_ENCODED -> logAnEventThatCantBeEncoded();
            case EVENT_LOST -> logThroughABrokenFilter();
            case INTERNAL_ERROR -> shipByAClientThatBreaks();
            case LINKAGE_ERROR -> shipByAClientThatDoesNotLink();
            case INCOMPATIBLE -> throw new IllegalArgumentException("is not logged");
            case INTERRUPT_IGNORED -> interruptAThread();
            case FAILED -> startWithoutThreads();
            case SPOOL_UNWRITABLE -> shipToASpoolThatIsAFile();
            case SPOOL_DAMAGED -> startWithADamagedFile();
            case SPOOL_FOREIGN -> startWithAForeignFile();
            case SPOOL_OPEN_TO_OTHERS -> startInADirectoryThatOthersMayWriteTo();
            case SPOOL_DISK_FULL -> reportOfTheSpool(SpoolProblem.DISK_FULL);
            case SPOOL_NOT_TAKEN_OVER -> reportOfTheSpool(SpoolProblem.NOT_TAKEN_OVER);
            case SPOOL_UNREADABLE -> reportOfTheSpool(SpoolProblem.UNREADABLE);
            case SPOOL_NOT_DELETED -> reportOfTheSpool(SpoolProblem.NOT_DELETED);
            case REPORTS_SKIPPED -> reportWhileAnAppenderIsStuck();
            case KEPT -> endWithASpool();
            case SPOOL_TAKEN_OVER -> startWithKeptLines();
            case ABANDONED -> endWhileNobodyListens();
        }
    }

    /** Ships a line to an endpoint with this fault. */
    private void ship(Consumer<LocalLogDna> fault) throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            fault.accept(endpoint);
            configure(endpoint.url());
            log("a line");
            await().atMost(PATIENCE)
                    .until(() -> said.size() >= 2 && shipper().counts().heldLines() == 0);
        }
    }

    private void failForAMinute() {
        AtomicLong now = new AtomicLong();
        capture();
        Reporter reporter = new Reporter("logdna", "http://localhost", now::get);
        Verdict verdict = new Verdict(Outcome.RETRY, "answered 503", Optional.empty(), List.of());
        for (int i = 0; i < 7; i++) {
            reporter.deliveryFailed(verdict, 1, 1);
            now.addAndGet(Duration.ofSeconds(10).toNanos());
        }
        ReportLog.awaitWritten();
        assertThat(said).hasSize(2);
    }

    private void loseALineAgainBeforeTheEnd() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            endpoint.refuseLine("bad");
            configure(endpoint.url());
            log("a bad line");
            await().atMost(PATIENCE).until(() -> said.stream().anyMatch(event -> says(event, Message.DROPPED)));
            log("another bad line"); // within the minute of the report
            await().atMost(PATIENCE).until(() -> shipper().counts().heldLines() == 0);
            appender().stop();
        }
    }

    private void logAnEventThatCantBeEncoded() throws Exception {
        configure("http://localhost");
        LoggingEvent event =
                new LoggingEvent(
                        Logger.FQCN,
                        LoggingUtil.getLoggerContext().getLogger("shop"),
                        Level.INFO,
                        "a line",
                        null,
                        null) {
                    @Override
                    public List<KeyValuePair> getKeyValuePairs() {
                        throw new IllegalStateException("as a broken list does");
                    }
                };
        appender().doAppend(event);
    }

    private void logThroughABrokenFilter() throws Exception {
        configure("http://localhost");
        appender().addFilter(new Filter<>() {
            @Override
            public FilterReply decide(ILoggingEvent event) {
                throw new IllegalStateException(KEY + ", which a message may contain");
            }
        });
        log("a line");
        assertThat(shipper().counts().dropped(DropReason.FAILED)).isEqualTo(1);
    }

    private void shipByAClientThatBreaks() {
        shipBy(new BrokenClient(() -> {
            throw new IllegalStateException("as a bug makes it");
        }));
        assertThat(said)
                .filteredOn(event -> says(event, Message.INTERNAL_ERROR))
                .hasSize(1);
    }

    private void shipByAClientThatDoesNotLink() {
        shipBy(new BrokenClient(() -> {
            throw new IllegalStateException("as Jersey wraps it", new NoClassDefFoundError("org/example/Missing"));
        }));
        assertThat(said)
                .filteredOn(event -> says(event, Message.LINKAGE_ERROR))
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains(
                                "java.lang.NoClassDefFoundError: org/example/Missing in the client.",
                                "Found: dropwizard-logdna"))
                .satisfies(event -> assertThat(event.getThrowableProxy()).isNotNull());
    }

    private void shipBy(IngestionClient client) {
        capture();
        Reporter reporter = new Reporter("logdna", "http://localhost", System::nanoTime);
        Shipper shipper = new Shipper(
                "logdna",
                new ShippingSettings(
                        new BufferLimits(100, 1 << 20, 0, 0),
                        false,
                        1024,
                        Duration.ofMillis(10),
                        false,
                        new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(1)),
                        null),
                () -> client,
                text -> (text + ",\n").getBytes(StandardCharsets.UTF_8),
                List.of(reporter),
                ClockAndJitter.real());
        shipper.start();
        byte[] line = "{},\n".getBytes(StandardCharsets.UTF_8);
        shipper.append(line, line.length, 1, false);
        await().atMost(PATIENCE).until(() -> shipper.counts().requestsFailed() > 3);
        shipper.stop(0);
        ReportLog.awaitWritten();
    }

    private void interruptAThread() throws Exception {
        try (LocalLogDna endpoint = LocalLogDna.start(KEY).withPatience(PATIENCE)) {
            configure(endpoint.url());
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("logdna-sender-logdna"))
                    .forEach(Thread::interrupt);
            log("a line");
            endpoint.awaitLine("a line");
        }
    }

    private void startWithoutThreads() {
        capture();
        Reporter reporter = new Reporter("logdna", "http://localhost", System::nanoTime);
        FailingShippers.withoutThreads(new BrokenClient(() -> {}), reporter).start();
    }

    private static long droppedLines(ILoggingEvent report) {
        Matcher counted = Pattern.compile(": (\\d+) lines? w(?:as|ere) dropped").matcher(report.getFormattedMessage());
        return counted.find() ? Long.parseLong(counted.group(1)) : 0;
    }

    private void reportWhileAnAppenderIsStuck() {
        capture();
        CountDownLatch stuck = new CountDownLatch(1);
        beforeEachReport = () -> Uninterruptibles.awaitUninterruptibly(stuck);
        Reporter reporter = new Reporter("logdna", "http://localhost", System::nanoTime);
        for (int i = 0; i < ReportQueue.CAPACITY + 3; i++) {
            reporter.linesDropped(Map.of(DropReason.RATE, 1L));
        }
        stuck.countDown();
        ReportLog.awaitWritten();
        reporter.linesDropped(Map.of(DropReason.RATE, 1L));
        ReportLog.awaitWritten();
        assertThat(said.stream().mapToLong(MessagesTest::droppedLines).sum())
                .as("lines that some report counts, although some reports were not written")
                .isEqualTo(ReportQueue.CAPACITY + 4L);
    }

    private void shipToASpoolThatIsAFile() throws Exception {
        Files.createFile(directory.resolve("logdna")); // the configured directory can be written
        try (LocalLogDna endpoint = LocalLogDna.start(KEY).withPatience(PATIENCE)) {
            configure(endpoint.url(), "spool: {directory: '" + directory + "'}");
            log("a line");
            endpoint.awaitLine("a line");
        }
    }

    private void startWithADamagedFile() throws Exception {
        endWithASpool();
        try (Stream<Path> files = Files.walk(directory)) {
            Files.writeString(
                    files.filter(file -> file.toString().endsWith(".batch"))
                            .findFirst()
                            .orElseThrow(),
                    "damaged");
        }
        configure("http://localhost", "spool: {directory: '" + directory.resolve("spool") + "'}");
    }

    private void startWithAForeignFile() throws Exception {
        Files.createDirectories(directory.resolve("spool/logdna/of-somebody-else"));
        configure("http://localhost", "spool: {directory: '" + directory.resolve("spool") + "'}");
    }

    private void startInADirectoryThatOthersMayWriteTo() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        configure("http://localhost", "spool: {directory: '" + directory + "'}");
    }

    /** Of a disk that fails as a test that runs as root can't make it fail; see SpoolFaultsTest. */
    private void reportOfTheSpool(SpoolProblem problem) {
        capture();
        new Reporter("logdna", "http://localhost", System::nanoTime)
                .spoolProblem(problem, "/var/spool/logdna", "because of something");
    }

    private void endWithASpool() throws Exception {
        configure(MisbehavingServer.refusing().toString(), "spool: {directory: '" + directory.resolve("spool") + "'}");
        log("a line");
        await().atMost(PATIENCE).until(() -> shipper().counts().bytesOnDisk() > 0);
        appender().stop();
    }

    private void startWithKeptLines() throws Exception {
        endWithASpool();
        try (LocalLogDna endpoint = LocalLogDna.start(KEY)) {
            configure(endpoint.url(), "spool: {directory: '" + directory.resolve("spool") + "'}");
            log("another line");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            endpoint.lines().meta("logger", "shop").texts())
                    .containsExactly("a line", "another line"));
        }
    }

    private void endWhileNobodyListens() throws Exception {
        configure(MisbehavingServer.refusing().toString());
        log("a line");
        await().atMost(PATIENCE).until(() -> shipper().counts().requestsFailed() > 0);
        appender().stop();
    }

    private void configure(String endpoint, String... options) throws Exception {
        logging = ConfigurationFile.read("""
                logging:
                  level: WARN
                  loggers: {shop: ALL, io.github.dropwizardlogdna: INFO}
                  appenders:
                    - type: logdna
                      ingestionKey: %s
                      flushInterval: 10ms
                      minRetryDelay: 10ms
                      maxRetryDelay: 10ms
                      shutdownTimeout: 20ms
                      endpoint: %s
                """.formatted(KEY, endpoint)
                        + String.join("\n", options).indent(6))
                .getLoggingFactory();
        MetricRegistry metrics = new MetricRegistry();
        logging.configure(metrics, "orders");
        capture();
        ApplicationAppenders.of(LoggingUtil.getLoggerContext()).bind(metrics);
    }

    /** After the reset of a configuration, which takes all appenders away. */
    private void capture() {
        LoggerContext context = LoggingUtil.getLoggerContext();
        Logger reports = context.getLogger(ReportLog.LOGGER);
        reports.setLevel(Level.INFO);
        AppenderBase<ILoggingEvent> recorder = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                beforeEachReport.run();
                said.add(event);
            }
        };
        recorder.setContext(context);
        recorder.start();
        reports.addAppender(recorder);
    }

    private static Appender<ILoggingEvent> appender() {
        return LoggingUtil.getLoggerContext()
                .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
                .getAppender("logdna");
    }

    private static Shipper shipper() {
        return ((ReportedAppender) appender()).shipper();
    }

    private static void log(String text) {
        LoggerFactory.getLogger("shop").info(text);
    }

    /** Throws what no client should. */
    private record BrokenClient(Runnable failure) implements IngestionClient {

        @Override
        public Verdict send(RequestBody body) {
            failure.run();
            throw new AssertionError("did not fail");
        }

        @Override
        public void cutOff() {}

        @Override
        public void close() {}
    }
}
