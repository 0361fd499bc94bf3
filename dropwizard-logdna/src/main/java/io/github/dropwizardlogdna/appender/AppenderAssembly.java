package io.github.dropwizardlogdna.appender;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.github.dropwizardlogdna.ingestion.JerseyIngestionClient;
import io.github.dropwizardlogdna.report.MetricsObserver;
import io.github.dropwizardlogdna.report.OwnLineEncoder;
import io.github.dropwizardlogdna.report.Reporter;
import io.github.dropwizardlogdna.shipping.ClockAndJitter;
import io.github.dropwizardlogdna.shipping.Shipper;
import java.util.List;

/** Builds appenders from their settings. */
public final class AppenderAssembly {

    private AppenderAssembly() {}

    /** Builds and starts an appender, as one of the application that {@code context} is configured for. */
    public static <E extends DeferredProcessingAware> Appender<E> start(
            AppenderSettings<E> settings, List<Filter<E>> filters, LoggerContext context) {
        String name = settings.name();
        ApplicationAppenders group = ApplicationAppenders.of(context);
        Reporter reporter =
                new Reporter(name, settings.shownEndpoint(), System::nanoTime, group.earlyReports()::whenShown);
        Shipper shipper = new Shipper(
                name,
                settings.shipping(),
                () -> new JerseyIngestionClient(settings.ingestion()),
                new OwnLineEncoder(settings.ownLines()),
                List.of(new MetricsObserver(name, group.metrics()), reporter),
                ClockAndJitter.real());
        LogDnaAppender<E> appender = new LogDnaAppender<>(settings, shipper, reporter, group);
        appender.setContext(context);
        appender.setName(name);
        filters.forEach(appender::addFilter);
        appender.start();
        group.reserve(name, settings.shipping().limits().maxBytes());
        return appender;
    }

    /** Builds an appender that ignores all events and has no threads, for {@code enabled: false}. */
    public static <E> Appender<E> disabled(String name, LoggerContext context) {
        DisabledAppender<E> appender = new DisabledAppender<>();
        appender.setContext(context);
        appender.setName(name);
        appender.start();
        return appender;
    }
}
