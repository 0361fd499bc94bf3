package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.AppenderFactory;
import io.dropwizard.logging.common.async.AsyncLoggingEventAppenderFactory;
import io.dropwizard.logging.common.filter.NullLevelFilterFactory;
import io.dropwizard.logging.common.filter.ThresholdLevelFilterFactory;
import io.dropwizard.logging.common.layout.DropwizardLayoutFactory;
import io.dropwizard.request.logging.async.AsyncAccessEventAppenderFactory;
import io.dropwizard.request.logging.layout.LogbackAccessRequestLayoutFactory;
import io.dropwizard.validation.BaseValidator;
import jakarta.validation.Valid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import net.logstash.logback.appender.LogstashAccessTcpSocketAppender;
import net.logstash.logback.encoder.LogstashAccessEncoder;
import org.slf4j.LoggerFactory;

/**
 * Who is measured. Its settings are those of the file in {@code contenders/} that has its name: Logback's own kind of
 * configuration for the peers, Dropwizard's for this library's appender. One for each process.
 */
enum Contender {
    NOOP("no-op (message and MDC)", false, 0),
    ASYNC("AsyncAppender, no-op", false, 1),
    LOGDNA("logdna", true, 2),
    LOGDNA_BLOCKING("logdna, neverBlock: false", true, 2),
    LOGDNA_UNCOMPRESSED("logdna, neverBlock: false, no gzip", true, 2),
    LOKI4J("loki4j 2.1.0", true, 2),
    LOGTAIL("logtail 0.3.5", true, 4),
    LOGZIO("logzio 2.3.0", true, 6),
    LOGSTASH("logstash-logback-encoder 8.1, TCP", true, 1),
    OPENTELEMETRY("OpenTelemetry 1.55.0, OTLP", true, 3);

    private static final String FOLDER = "/contenders/";

    private final String title;
    private final boolean ships;
    private final Duration quietAfter;

    /**
     * @param ships whether lines come to the receiving end; else they end in a {@link NoOpAppender}
     * @param quietSeconds when nothing arrives for so long, nothing more will until the end
     */
    Contender(String title, boolean ships, int quietSeconds) {
        this.title = title;
        this.ships = ships;
        this.quietAfter = Duration.ofSeconds(quietSeconds);
    }

    static Contender named(String name) {
        return Arrays.stream(values())
                .filter(contender -> contender.key().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No contender " + name + ", but "
                        + Arrays.stream(values()).map(Contender::key).toList()));
    }

    /** The name on the command line, and of the file of settings. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String title() {
        return title;
    }

    boolean ships() {
        return ships;
    }

    Duration quietAfter() {
        return quietAfter;
    }

    /**
     * Makes it the only appender of this process.
     *
     * @param variables what the settings may refer to besides {@code endpoint}, {@code host} and {@code port}
     */
    LoggerContext start(URI endpoint, Map<String, String> variables) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.putProperty("endpoint", endpoint.toString());
        context.putProperty("host", endpoint.getHost());
        context.putProperty("port", Integer.toString(endpoint.getPort()));
        variables.forEach(context::putProperty);
        try {
            if (isOurs()) {
                Appender<ILoggingEvent> appender = dropwizardAppender(Logging.class, context, endpoint);
                context.getLogger("ROOT").setLevel(Level.INFO);
                context.getLogger("ROOT").addAppender(appender);
            } else {
                configureLogback(context);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JoranException | ConfigurationException e) {
            throw wrongSettings(e);
        }
        return context;
    }

    private void configureLogback(LoggerContext context) throws IOException, JoranException {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try (InputStream settings = settings(".xml")) {
            configurator.doConfigure(settings);
        }
    }

    /**
     * Makes its appender for a request log, which is no part of a logger context.
     *
     * @throws IllegalArgumentException if it has none here
     */
    Appender<IAccessEvent> startRequestLog(URI endpoint, int queueSize) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        if (this == NOOP) {
            return noOpRequestLog(context);
        }
        if (this == LOGSTASH) {
            return logstashRequestLog(context, endpoint, queueSize);
        }
        if (!isOurs()) {
            throw new IllegalArgumentException(key() + " has no appender for a request log");
        }
        try {
            return dropwizardAppender(RequestLog.class, context, endpoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigurationException e) {
            throw wrongSettings(e);
        }
    }

    private static Appender<IAccessEvent> noOpRequestLog(LoggerContext context) {
        Layout<IAccessEvent> layout =
                new LogbackAccessRequestLayoutFactory().build(context, TimeZone.getTimeZone("UTC"));
        layout.start();
        NoOpAppender<IAccessEvent> appender = new NoOpAppender<>(layout);
        appender.setContext(context);
        appender.start();
        return appender;
    }

    /** As its settings for the other lines; Logback's configuration of access appenders needs a server. */
    private static Appender<IAccessEvent> logstashRequestLog(LoggerContext context, URI endpoint, int queueSize) {
        LogstashAccessEncoder encoder = new LogstashAccessEncoder();
        encoder.setContext(context);
        LogstashAccessTcpSocketAppender appender = new LogstashAccessTcpSocketAppender();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setRingBufferSize(queueSize);
        appender.addDestination(endpoint.getHost() + ":" + endpoint.getPort());
        appender.start();
        return appender;
    }

    private boolean isOurs() {
        return getClass().getResource(FOLDER + key() + ".yml") != null;
    }

    private IllegalStateException wrongSettings(Exception cause) {
        return new IllegalStateException("The settings of " + key() + " are wrong", cause);
    }

    private <E extends DeferredProcessingAware> Appender<E> dropwizardAppender(
            Class<? extends Appenders<E>> type, LoggerContext context, URI endpoint)
            throws IOException, ConfigurationException {
        String yaml;
        try (InputStream settings = settings(".yml")) {
            yaml = new String(settings.readAllBytes(), StandardCharsets.UTF_8);
        }
        byte[] bytes = yaml.replace("${endpoint}", endpoint.toString()).getBytes(StandardCharsets.UTF_8);
        return new YamlConfigurationFactory<>(type, BaseValidator.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(bytes), key() + ".yml")
                .build(context);
    }

    private InputStream settings(String suffix) throws IOException {
        InputStream in = Contender.class.getResourceAsStream(FOLDER + key() + suffix);
        if (in == null) {
            throw new IOException("There are no settings for " + key());
        }
        return in;
    }

    /** What the appenders are a part of in a service's file. */
    private abstract static class Appenders<E extends DeferredProcessingAware> {
        @Valid
        @JsonProperty
        List<@Valid AppenderFactory<E>> appenders = List.of();

        abstract Appender<E> build(LoggerContext context);
    }

    private static final class Logging extends Appenders<ILoggingEvent> {
        @Override
        Appender<ILoggingEvent> build(LoggerContext context) {
            return appenders
                    .get(0)
                    .build(
                            context,
                            "orders",
                            new DropwizardLayoutFactory(),
                            new ThresholdLevelFilterFactory(),
                            new AsyncLoggingEventAppenderFactory());
        }
    }

    private static final class RequestLog extends Appenders<IAccessEvent> {
        @Override
        Appender<IAccessEvent> build(LoggerContext context) {
            return appenders
                    .get(0)
                    .build(
                            context,
                            "orders",
                            new LogbackAccessRequestLayoutFactory(),
                            new NullLevelFilterFactory<>(),
                            new AsyncAccessEventAppenderFactory());
        }
    }
}
