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
import io.dropwizard.logging.common.layout.DropwizardLayoutFactory;
import io.dropwizard.logging.common.layout.LayoutFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.request.logging.RequestLogFactory;
import io.dropwizard.request.logging.layout.LogbackAccessRequestLayoutFactory;
import io.dropwizard.request.logging.old.LogbackClassicRequestLogFactory;
import io.github.dropwizardlogdna.check.CheckedAppender;
import io.github.dropwizardlogdna.config.OptionsCheck;
import io.github.dropwizardlogdna.config.WrongFormException;
import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the appenders of {@code type: logdna} in a configuration without building them: under {@code logging.appenders},
 * {@code logging.loggers.NAME.appenders} and {@code server.requestLog.appenders}. Knows Dropwizard's own types of logging
 * and request log only.
 */
final class ConfiguredAppenders {

    private static final String UNREADABLE = "can't be read: a value of the wrong kind, or an unknown type";

    private final List<Found> found = new ArrayList<>();

    /**
     * An appender of the configuration.
     *
     * @param path its place, such as {@code logging.appenders[0]}
     * @param defaultName its name if none is configured
     * @param factory null if it can't be read
     * @param problem the reason, if it can't be read; empty otherwise
     * @param layouts creates the layouts for this place; null if its lines have a fixed format
     */
    private record Found(
            String path,
            String defaultName,
            @Nullable LogDnaAppenderFactory<?> factory,
            String problem,
            @Nullable LayoutFactory<?> layouts) {

        CheckedAppender toCheck() {
            LogDnaAppenderFactory<?> known = factory;
            if (known == null) {
                return new CheckedAppender(path, defaultName, true, Optional.empty(), application -> {
                    throw new IllegalArgumentException(problem);
                });
            }
            return new CheckedAppender(
                    path,
                    known.nameOr(defaultName),
                    known.isEnabled(),
                    Optional.ofNullable(known.getSpool()).map(SpoolOptions::path),
                    known::endpointCheck);
        }

        /** The problems with their paths, in Dropwizard's form. */
        Stream<String> problems() {
            LogDnaAppenderFactory<?> known = factory;
            if (known == null) {
                // Any other problem is left to Dropwizard, which may know more.
                return problem.equals(UNREADABLE) ? Stream.empty() : Stream.of(path + " " + problem);
            }
            return OptionsCheck.problems(known).stream().map(each -> path + "." + each);
        }

        /** The problem of {@code logFormat}, which only the layout of the place can find. */
        Stream<String> patternProblem() {
            return Stream.ofNullable(factory)
                    .flatMap(known -> known.patternProblem(layouts).stream())
                    .map(problem -> path + "." + problem);
        }
    }

    private ConfiguredAppenders() {}

    /** Returns all appenders, for the check. */
    static List<CheckedAppender> in(Configuration configuration) {
        ConfiguredAppenders appenders = ofLoggers(configuration);
        appenders.ofRootAndServer(configuration);
        return appenders.found.stream().map(Found::toCheck).toList();
    }

    /** Returns the problems that Dropwizard does not find: any of single loggers, and all of {@code logFormat}. */
    static List<String> problemsBeyondValidation(Configuration configuration) {
        ConfiguredAppenders appenders = ofLoggers(configuration);
        Stream<String> ofLoggers = List.copyOf(appenders.found).stream().flatMap(Found::problems);
        appenders.ofRootAndServer(configuration);
        return Stream.concat(ofLoggers, appenders.found.stream().flatMap(Found::patternProblem))
                .toList();
    }

    private static ConfiguredAppenders ofLoggers(Configuration configuration) {
        ConfiguredAppenders appenders = new ConfiguredAppenders();
        if (configuration.getLoggingFactory() instanceof DefaultLoggingFactory logging) {
            appenders.ofLoggers(logging);
        }
        return appenders;
    }

    private void ofRootAndServer(Configuration configuration) {
        if (configuration.getLoggingFactory() instanceof DefaultLoggingFactory logging) {
            addAll(
                    "logging",
                    LogDnaAppenderFactory.DEFAULT_NAME,
                    logging.getAppenders(),
                    new DropwizardLayoutFactory());
        }
        ofServer(configuration.getServerFactory());
    }

    private void ofLoggers(DefaultLoggingFactory logging) {
        ObjectMapper mapper = Jackson.newObjectMapper(); // as Dropwizard reads them when it configures logging
        new TreeMap<>(logging.getLoggers()).forEach((name, node) -> ofLogger("logging.loggers." + name, node, mapper));
    }

    private void ofLogger(String path, JsonNode node, ObjectMapper mapper) {
        if (!node.isObject()) {
            return; // a level alone
        }
        try {
            addAll(
                    path,
                    LogDnaAppenderFactory.DEFAULT_NAME,
                    mapper.treeToValue(node, LoggerConfiguration.class).getAppenders(),
                    new DropwizardLayoutFactory());
        } catch (JsonMappingException e) {
            String below = e.getPath().stream()
                    .map(each -> each.getFieldName() == null ? "[" + each.getIndex() + "]" : "." + each.getFieldName())
                    .collect(Collectors.joining());
            // Not the message of any other exception, because it may quote a value.
            found.add(
                    e instanceof WrongFormException
                            ? unreadable(path + below, e.getOriginalMessage())
                            : unreadable(path + below, UNREADABLE));
        } catch (JsonProcessingException e) {
            found.add(unreadable(path, UNREADABLE));
        }
    }

    private static Found unreadable(String path, String problem) {
        return new Found(path, "unreadable", null, problem, null);
    }

    private void ofServer(ServerFactory server) {
        if (server instanceof AbstractServerFactory standard) {
            RequestLogFactory<?> requestLog = standard.getRequestLogFactory();
            if (requestLog instanceof LogbackAccessRequestLogFactory access) {
                addAll(
                        "server.requestLog",
                        LogDnaAppenderFactory.DEFAULT_REQUEST_LOG_NAME,
                        access.getAppenders(),
                        new LogbackAccessRequestLayoutFactory());
            } else if (requestLog instanceof LogbackClassicRequestLogFactory classic) {
                addAll(
                        "server.requestLog",
                        LogDnaAppenderFactory.DEFAULT_REQUEST_LOG_NAME,
                        classic.getAppenders(),
                        null);
            }
        }
    }

    private void addAll(
            String path,
            String usualName,
            List<? extends AppenderFactory<?>> appenders,
            @Nullable LayoutFactory<?> layouts) {
        for (int i = 0; i < appenders.size(); i++) {
            if (appenders.get(i) instanceof LogDnaAppenderFactory<?> factory) {
                found.add(new Found(path + ".appenders[" + i + "]", usualName, factory, "", layouts));
            }
        }
    }
}
