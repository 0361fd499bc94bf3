package io.github.dropwizardlogdna;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AsyncAppenderBase;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.AppenderFactory;
import io.dropwizard.logging.common.async.AsyncLoggingEventAppenderFactory;
import io.dropwizard.logging.common.filter.ThresholdLevelFilterFactory;
import io.dropwizard.logging.common.layout.DropwizardLayoutFactory;
import io.dropwizard.validation.BaseValidator;
import io.github.dropwizardlogdna.report.ReportedAppender;
import io.github.dropwizardlogdna.shipping.Shipper;
import jakarta.validation.Valid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** An appender made from YAML, as Dropwizard makes it, without a service around it. */
final class ConfiguredAppender implements AutoCloseable {

    private final LoggerContext context = new LoggerContext();
    private final Appender<ILoggingEvent> appender;

    private ConfiguredAppender(AppenderFactory<ILoggingEvent> factory) {
        appender = factory.build(
                context,
                "orders",
                new DropwizardLayoutFactory(),
                new ThresholdLevelFilterFactory(),
                new AsyncLoggingEventAppenderFactory());
    }

    /** From the options of {@code type: logdna}, a line each. Throws what stops the start of a service. */
    static ConfiguredAppender of(String... options) throws IOException, ConfigurationException {
        return new ConfiguredAppender(factory(options));
    }

    static AppenderFactory<ILoggingEvent> factory(String... options) throws IOException, ConfigurationException {
        String yaml = "appenders:\n  - type: logdna\n    " + String.join("\n    ", options) + "\n";
        ObjectMapper mapper = Jackson.newObjectMapper();
        return new YamlConfigurationFactory<>(Appenders.class, BaseValidator.newValidator(), mapper, "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "config.yml")
                .appenders
                .get(0);
    }

    LoggingEvent event(String message) {
        LoggingEvent event =
                new LoggingEvent(Logger.FQCN, context.getLogger("Orders"), Level.INFO, message, null, null);
        event.setMDCPropertyMap(Map.of());
        return event;
    }

    void log(ILoggingEvent event) {
        appender.doAppend(event);
    }

    /** What keeps the appender's books. */
    Shipper shipper() {
        return ((ReportedAppender) appender).shipper();
    }

    /** The appender as Dropwizard sees it. */
    AsyncAppenderBase<ILoggingEvent> appender() {
        return (AsyncAppenderBase<ILoggingEvent>) appender;
    }

    /** Ships what was logged, as long as {@code shutdownTimeout} allows. */
    void stop() {
        appender.stop();
    }

    @Override
    public void close() {
        stop();
    }

    /** What the appenders are a part of in a service's file. */
    static final class Appenders {
        @Valid
        @JsonProperty
        private List<@Valid AppenderFactory<ILoggingEvent>> appenders = List.of();
    }
}
