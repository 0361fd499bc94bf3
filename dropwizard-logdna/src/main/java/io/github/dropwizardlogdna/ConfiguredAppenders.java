package io.github.dropwizardlogdna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.ServerFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.logging.common.AppenderFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.logging.common.LoggerConfiguration;
import io.dropwizard.logging.common.LoggingFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.request.logging.RequestLogFactory;
import io.dropwizard.request.logging.old.LogbackClassicRequestLogFactory;
import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds what is configured as {@code type: logdna}, without building anything: under {@code logging.appenders}, {@code
 * logging.loggers.NAME.appenders} and {@code server.requestLog.appenders}. Logging and request logs of other types than
 * Dropwizard's own have nothing of the kind.
 */
final class ConfiguredAppenders {

    private final List<Found> found = new ArrayList<>();

    /**
     * An appender in the file.
     *
     * @param path such as {@code logging.appenders[0]}
     * @param usualName what it is called without a {@code name}
     * @param factory null where it can't be read
     * @param problem why it can't be read; empty otherwise
     */
    record Found(String path, String usualName, @Nullable LogDnaAppenderFactory<?> factory, String problem) {

        String name() {
            return factory == null ? usualName : factory.nameOr(usualName);
        }
    }

    private ConfiguredAppenders() {}

    static List<Found> in(Configuration configuration) {
        ConfiguredAppenders appenders = new ConfiguredAppenders();
        appenders.ofLogging(configuration.getLoggingFactory());
        appenders.ofServer(configuration.getServerFactory());
        return appenders.found;
    }

    private void ofLogging(LoggingFactory logging) {
        if (logging instanceof DefaultLoggingFactory standard) {
            addAll("logging", "logdna", standard.getAppenders());
            // As Dropwizard reads them when it configures logging: with a mapper of its own, which it then asks no
            // more.
            ObjectMapper mapper = Jackson.newObjectMapper();
            new TreeMap<>(standard.getLoggers())
                    .forEach((name, node) -> ofLogger("logging.loggers." + name, node, mapper));
        }
    }

    private void ofLogger(String path, JsonNode node, ObjectMapper mapper) {
        if (!node.isObject()) {
            return; // a level alone
        }
        try {
            addAll(
                    path,
                    "logdna",
                    mapper.treeToValue(node, LoggerConfiguration.class).getAppenders());
        } catch (JsonMappingException e) {
            // Where, but not the exception's own words: they quote values.
            String below = e.getPath().stream()
                    .map(each -> each.getFieldName() == null ? "[" + each.getIndex() + "]" : "." + each.getFieldName())
                    .collect(Collectors.joining());
            found.add(unreadable(path + below));
        } catch (JsonProcessingException e) {
            found.add(unreadable(path));
        }
    }

    private static Found unreadable(String path) {
        return new Found(path, "unreadable", null, "this can't be read: a value of the wrong kind, or an unknown type");
    }

    private void ofServer(ServerFactory server) {
        if (server instanceof AbstractServerFactory standard) {
            RequestLogFactory<?> requestLog = standard.getRequestLogFactory();
            if (requestLog instanceof LogbackAccessRequestLogFactory access) {
                addAll("server.requestLog", "logdna-request", access.getAppenders());
            } else if (requestLog instanceof LogbackClassicRequestLogFactory classic) {
                addAll("server.requestLog", "logdna-request", classic.getAppenders());
            }
        }
    }

    private void addAll(String path, String usualName, List<? extends AppenderFactory<?>> appenders) {
        for (int i = 0; i < appenders.size(); i++) {
            if (appenders.get(i) instanceof LogDnaAppenderFactory<?> factory) {
                found.add(new Found(path + ".appenders[" + i + "]", usualName, factory, ""));
            }
        }
    }
}
