package io.github.dropwizardlogdna.config;

import io.dropwizard.configuration.ConfigurationException;
import java.util.List;

/** Thrown for wrong options of appenders of single loggers, in the words of Dropwizard's own validation. */
final class LoggerOptionsException extends ConfigurationException {

    private static final long serialVersionUID = 1L;

    LoggerOptionsException(String file, List<String> errors) {
        super(file, errors);
    }
}
