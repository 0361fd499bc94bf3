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
import io.github.dropwizardlogdna.benchmarks.receiver.ReceiverProcess;
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
 * The appenders that are compared. The settings of each are a file with its name in {@code contenders/}: Logback's own
 * configuration for the peers, Dropwizard's for this library's appender. A process has one.
 */
public enum Contender {
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
     * @param ships whether lines go to the receiving end; otherwise a {@link NoOpAppender} takes them
     * @param quietSeconds if nothing arrives for this long, nothing more will before it is stopped
     */
    Contender(String title, boolean ships, int quietSeconds) {
        this.title = title;
        this.ships = ships;
        this.quietAfter = Duration.ofSeconds(quietSeconds);
    }

    public static Contender named(String name) {
        return Arrays.stream(values())
                .filter(contender -> contender.key().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No contender " + name + ", but "
                        + Arrays.stream(values()).map(Contender::key).toList()));
    }

    /** The name on the command line, and of the file of settings. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String title() {
        return title;
    }

    public boolean ships() {
        return ships;
    }

    public Duration quietAfter() {
        return quietAfter;
    }

    /** Waits, not without end, until what was logged since the last {@link ReceiverProcess#reset} has been delivered. */
    void awaitDelivery(ReceiverProcess receiver) throws InterruptedException {
        if (ships) {
            receiver.awaitArrivals(quietAfter);
        }
    }

    /**
     * Makes it the only appender of this process.
     *
     * @param variables what the settings may refer to besides {@code endpoint}, {@code host} and {@code port}
     */
    public LoggerContext start(URI endpoint, Map<String, String> variables) {
        if (isOurs()) {
            return start(endpoint, List.of());
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        addPeerTo(context, endpoint, variables);
        return context;
    }

    /**
     * Makes this library's appender the only one of this process.
     *
     * @param options lines of YAML that come after those of its file, such as {@code batchSize: 9MiB}
     */
    public LoggerContext start(URI endpoint, List<String> options) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        try {
            StringBuilder yaml = new StringBuilder(yaml(endpoint));
            options.forEach(option -> yaml.append("    ").append(option).append('\n'));
            Appender<ILoggingEvent> appender = dropwizardAppender(Logging.class, context, yaml.toString());
            context.getLogger("ROOT").setLevel(Level.INFO);
            context.getLogger("ROOT").addAppender(appender);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigurationException e) {
            throw wrongSettings(e);
        }
        return context;
    }

    /** Adds the peer's appender to a context that is otherwise configured. */
    public void addPeerTo(LoggerContext context, URI endpoint, Map<String, String> variables) {
        context.putProperty("endpoint", endpoint.toString());
        context.putProperty("host", endpoint.getHost());
        context.putProperty("port", Integer.toString(endpoint.getPort()));
        variables.forEach(context::putProperty);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try (InputStream settings = settings(".xml")) {
            configurator.doConfigure(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JoranException e) {
            throw wrongSettings(e);
        }
    }

    /**
     * Creates its appender for a request log, which is not part of a logger context.
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
            return dropwizardAppender(RequestLog.class, context, yaml(endpoint));
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

    /** With the settings of its other appender; Logback's configuration of access appenders needs a server. */
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

    public boolean isOurs() {
        return getClass().getResource(FOLDER + key() + ".yml") != null;
    }

    private IllegalStateException wrongSettings(Exception cause) {
        return new IllegalStateException("The settings of " + key() + " are wrong", cause);
    }

    private <E extends DeferredProcessingAware> Appender<E> dropwizardAppender(
            Class<? extends Appenders<E>> type, LoggerContext context, String yaml)
            throws IOException, ConfigurationException {
        byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
        return new YamlConfigurationFactory<>(type, BaseValidator.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(bytes), key() + ".yml")
                .build(context);
    }

    /** This library's appender, as in a service's file below {@code logging}. */
    public String yaml(URI endpoint) throws IOException {
        try (InputStream settings = settings(".yml")) {
            return new String(settings.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${endpoint}", endpoint.toString());
        }
    }

    private InputStream settings(String suffix) throws IOException {
        InputStream in = Contender.class.getResourceAsStream(FOLDER + key() + suffix);
        if (in == null) {
            throw new IOException("There are no settings for " + key());
        }
        return in;
    }

    /** The part of a service's configuration that holds appenders. */
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
