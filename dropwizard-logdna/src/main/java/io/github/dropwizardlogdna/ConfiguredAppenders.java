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
import io.github.dropwizardlogdna.appender.AppenderNames;
import io.github.dropwizardlogdna.check.CheckedAppender;
import io.github.dropwizardlogdna.config.OptionsCheck;
import io.github.dropwizardlogdna.config.WrongFormException;
import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the appenders of {@code type: logdna} in a configuration without building them: under {@code logging.appenders},
 * {@code logging.loggers.NAME.appenders} and {@code server.requestLog.appenders}. Knows Dropwizard's own types of logging
 * and request log only.
 */
final class ConfiguredAppenders {

    private static final String UNREADABLE = "can't be read: a value of the wrong kind, or an unknown type";

    /** In the order in which Dropwizard builds them. */
    private final List<Found> ofLoggers = new ArrayList<>();

    /** The same for the appenders of the root and of the request log, which Dropwizard builds after those of loggers. */
    private final List<Found> others = new ArrayList<>();

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

        boolean needsDefaultName() {
            return factory != null && factory.needsDefaultName();
        }

        /** Its name, unless another appender has it. */
        String wantedName() {
            return factory == null ? defaultName : factory.nameOr(defaultName);
        }

        /** Names it; see {@link AppenderNames#take}. */
        Named named(AppenderNames names, boolean reserved) {
            boolean isBuilt = factory != null && factory.isEnabled();
            return new Named(this, isBuilt ? names.take(wantedName(), reserved && needsDefaultName()) : wantedName());
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

    /** An appender with the name that it gets at the start. */
    private record Named(Found appender, String name) {

        Stream<String> problem() {
            return Stream.ofNullable(appender.factory())
                    .flatMap(known -> known.nameProblem(appender.wantedName(), name).stream())
                    .map(problem -> appender.path() + "." + problem);
        }

        CheckedAppender toCheck() {
            LogDnaAppenderFactory<?> known = appender.factory();
            if (known == null) {
                return new CheckedAppender(appender.path(), name, true, Optional.empty(), application -> {
                    throw new IllegalArgumentException(appender.problem());
                });
            }
            return new CheckedAppender(
                    appender.path(),
                    name,
                    known.isEnabled(),
                    Optional.ofNullable(known.getSpool()).map(SpoolOptions::path),
                    known::endpointCheck);
        }
    }

    private ConfiguredAppenders(Configuration configuration) {
        if (configuration.getLoggingFactory() instanceof DefaultLoggingFactory logging) {
            ofLoggers(logging);
            addAll(
                    others,
                    "logging",
                    LogDnaAppenderFactory.DEFAULT_NAME,
                    logging.getAppenders(),
                    new DropwizardLayoutFactory());
        }
        ofServer(configuration.getServerFactory());
    }

    /** Returns all appenders, for the check. */
    static List<CheckedAppender> in(Configuration configuration) {
        return new ConfiguredAppenders(configuration)
                .named()
                .map(Named::toCheck)
                .toList();
    }

    /** Returns the problems that Dropwizard does not find: any of single loggers, and all of {@code logFormat} and names. */
    static List<String> problemsBeyondValidation(Configuration configuration) {
        ConfiguredAppenders appenders = new ConfiguredAppenders(configuration);
        Stream<String> ofLoggers = sorted(appenders.ofLoggers).flatMap(Found::problems);
        Stream<String> ofAll =
                appenders.named().flatMap(each -> Stream.concat(each.appender().patternProblem(), each.problem()));
        return Stream.concat(ofLoggers, ofAll).toList();
    }

    /** All appenders with the names that they get at the start. */
    private Stream<Named> named() {
        AppenderNames names = new AppenderNames();
        boolean reserved = others.stream().anyMatch(Found::needsDefaultName);
        List<Named> named = new ArrayList<>();
        ofLoggers.forEach(found -> named.add(found.named(names, reserved)));
        named.sort(Comparator.comparing(each -> each.appender().path()));
        others.forEach(found -> named.add(found.named(names, false)));
        return named.stream();
    }

    private static Stream<Found> sorted(List<Found> appenders) {
        return appenders.stream().sorted(Comparator.comparing(Found::path));
    }

    private void ofLoggers(DefaultLoggingFactory logging) {
        ObjectMapper mapper = Jackson.newObjectMapper(); // as Dropwizard reads them when it configures logging
        logging.getLoggers().forEach((name, node) -> ofLogger("logging.loggers." + name, node, mapper));
    }

    private void ofLogger(String path, JsonNode node, ObjectMapper mapper) {
        if (!node.isObject()) {
            return; // a level alone
        }
        try {
            addAll(
                    ofLoggers,
                    path,
                    LogDnaAppenderFactory.DEFAULT_NAME,
                    mapper.treeToValue(node, LoggerConfiguration.class).getAppenders(),
                    new DropwizardLayoutFactory());
        } catch (JsonMappingException e) {
            String below = e.getPath().stream()
                    .map(each -> each.getFieldName() == null ? "[" + each.getIndex() + "]" : "." + each.getFieldName())
                    .collect(Collectors.joining());
            // Not the message of any other exception, because it may quote a value.
            ofLoggers.add(
                    e instanceof WrongFormException
                            ? unreadable(path + below, e.getOriginalMessage())
                            : unreadable(path + below, UNREADABLE));
        } catch (JsonProcessingException e) {
            ofLoggers.add(unreadable(path, UNREADABLE));
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
                        others,
                        "server.requestLog",
                        LogDnaAppenderFactory.DEFAULT_REQUEST_LOG_NAME,
                        access.getAppenders(),
                        new LogbackAccessRequestLayoutFactory());
            } else if (requestLog instanceof LogbackClassicRequestLogFactory classic) {
                addAll(
                        others,
                        "server.requestLog",
                        LogDnaAppenderFactory.DEFAULT_REQUEST_LOG_NAME,
                        classic.getAppenders(),
                        null);
            }
        }
    }

    private static void addAll(
            List<Found> found,
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
