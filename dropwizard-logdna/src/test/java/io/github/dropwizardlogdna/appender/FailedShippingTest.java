package io.github.dropwizardlogdna.appender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.codahale.metrics.MetricRegistry;
import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.IngestionSettings;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.line.OversizeLines;
import io.github.dropwizardlogdna.line.Redaction;
import io.github.dropwizardlogdna.report.ReportLog;
import io.github.dropwizardlogdna.report.Reporter;
import io.github.dropwizardlogdna.shipping.BufferLimits;
import io.github.dropwizardlogdna.shipping.DeliveryState;
import io.github.dropwizardlogdna.shipping.FailingShippers;
import io.github.dropwizardlogdna.shipping.RetryPolicy;
import io.github.dropwizardlogdna.shipping.Shipper;
import io.github.dropwizardlogdna.shipping.ShippingSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** An appender whose shipper can't go on. */
@Timeout(180)
class FailedShippingTest {

    private static final IngestionSettings INGESTION = new IngestionSettings(
            URI.create("http://localhost/logs/ingest"),
            "key",
            () -> "host",
            null,
            null,
            List.of(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            null,
            null);

    /** The shippers of these tests have settings of their own. */
    private static final ShippingSettings SHIPPING = new ShippingSettings(
            new BufferLimits(8_192, 1 << 20, 0, 0),
            false,
            1 << 16,
            Duration.ofSeconds(1),
            false,
            new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(1)),
            null);

    private static final Logger REPORTS = (Logger) LoggerFactory.getLogger(ReportLog.LOGGER);

    private final LoggerContext context = new LoggerContext();
    private final ApplicationAppenders siblings = ApplicationAppenders.of(context);
    private final Reporter reporter =
            new Reporter("failing", "http://localhost/logs/ingest", System::nanoTime, Runnable::run);
    private final ListAppender<ILoggingEvent> reports = new ListAppender<>();

    @BeforeEach
    void listen() {
        reports.start();
        REPORTS.addAppender(reports);
    }

    @AfterEach
    void listenNoMore() {
        REPORTS.detachAppender(reports);
    }

    @Test
    void theApplicationStartsWithoutThreadsForTheShipperAndReportsIt() {
        LogDnaAppender<ILoggingEvent> appender = appender(FailingShippers.withoutThreads(new Refusing(), reporter));

        appender.start();
        appender.doAppend(event());
        ReportLog.awaitWritten();

        assertThat(appender.isStarted()).isTrue();
        assertThat(reports.list).singleElement().satisfies(report -> {
            assertThat(report.getLevel()).isEqualTo(Level.ERROR);
            assertThat(report.getFormattedMessage())
                    .contains("Appender 'failing' has ended, because its threads could not be started")
                    .contains("counted as failed")
                    .contains("restart the service");
            assertThat(report.getThrowableProxy().getMessage()).isEqualTo("unable to create native thread");
        });
        assertThat(appender.shipper().state().kind()).isEqualTo(DeliveryState.Kind.FAILED);
        assertThat(counted("failed")).isEqualTo(1);
        appender.stop();
    }

    /** With {@code neverBlock: false}, where a thread that logs would wait for ever. */
    @Test
    void neitherLoggingNorStoppingWaitsForADeadShipper() throws Exception {
        CountDownLatch death = new CountDownLatch(1);
        LogDnaAppender<ILoggingEvent> appender = appender(FailingShippers.dyingAt(death, new Refusing(), reporter));
        appender.start();
        Thread logging = new Thread(() -> {
            for (int i = 0; i < 20_000; i++) {
                appender.doAppend(event());
            }
        });
        logging.start();
        await().until(() -> logging.getState() == Thread.State.WAITING);

        death.countDown();

        logging.join();
        assertThat(appender.getMaxFlushTime()).isZero();
        appender.stop();
        assertThat(appender.shipper().counts().heldLines()).isZero();
        assertThat(appender.shipper().counts().heldBytes()).isZero();
        assertThat(counted("failed")).isEqualTo(20_000);
        assertThat(counted("abandoned")).isZero();
        assertThat(reports.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(words -> words.contains(" died. It takes no more lines"))
                .anyMatch(words ->
                        words.startsWith("Appender 'failing': before the end 20000 lines were dropped (failed)"));
    }

    @Test
    void reportsInternalErrorsOnceAMinute() {
        long[] now = {0};
        Reporter withClock = new Reporter("failing", "http://localhost/logs/ingest", () -> now[0], Runnable::run);
        for (int second = 0; second <= 120; second++) {
            now[0] = Duration.ofSeconds(second).toNanos();
            withClock.internalError("the sender", new IllegalStateException());
        }
        ReportLog.awaitWritten();

        assertThat(reports.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(3)
                .allMatch(words -> words.startsWith("Appender 'failing': an error in the sender. Shipping goes on"));
    }

    private LogDnaAppender<ILoggingEvent> appender(Shipper shipper) {
        LineFormat<ILoggingEvent> format = new LineFormat<>(
                "app",
                null,
                Map.of(),
                true,
                Set.of(),
                Set.of(),
                OversizeLines.SPLIT,
                false,
                false,
                Redaction.of(List.of()),
                null);
        AppenderSettings<ILoggingEvent> settings =
                new AppenderSettings<>("failing", format, format, SHIPPING, INGESTION, null, Duration.ofMinutes(1));
        LogDnaAppender<ILoggingEvent> appender = new LogDnaAppender<>(settings, shipper, reporter, siblings);
        appender.setContext(context);
        appender.setName("failing");
        return appender;
    }

    private LoggingEvent event() {
        LoggingEvent event =
                new LoggingEvent(Logger.FQCN, context.getLogger("Orders"), Level.INFO, "an order", null, null);
        event.setMDCPropertyMap(Map.of());
        return event;
    }

    private long counted(String reason) {
        MetricRegistry registry = new MetricRegistry();
        siblings.bind(registry);
        return registry.meter("logdna.lines.dropped." + reason).getCount();
    }

    /** An endpoint that takes nothing. */
    private static final class Refusing implements IngestionClient {
        @Override
        public Verdict send(RequestBody body) {
            return new Verdict(Outcome.RETRY, "answered 503", Optional.empty(), List.of());
        }

        @Override
        public void cutOff() {}

        @Override
        public void close() {}
    }
}
