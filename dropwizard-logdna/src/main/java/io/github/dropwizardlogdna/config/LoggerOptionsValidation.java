package io.github.dropwizardlogdna.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationFactory;
import io.dropwizard.configuration.ConfigurationFactoryFactory;
import io.dropwizard.configuration.ConfigurationSourceProvider;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * Validates the appenders of single loggers when the configuration file is read. Dropwizard parses them later and
 * without validation, when the file and the logger are no longer known.
 *
 * @param <C> the application's configuration
 */
public final class LoggerOptionsValidation<C> implements ConfigurationFactoryFactory<C> {

    private static final String NO_FILE = "default configuration";

    private final ConfigurationFactoryFactory<C> reader;
    private final Function<? super C, List<String>> problems;

    /**
     * Creates a reader that validates.
     *
     * @param reader reads the configuration
     * @param problems returns the problems of a configuration, with the paths of the options
     */
    public LoggerOptionsValidation(ConfigurationFactoryFactory<C> reader, Function<? super C, List<String>> problems) {
        this.reader = reader;
        this.problems = problems;
    }

    @Override
    public ConfigurationFactory<C> create(
            Class<C> type, Validator validator, ObjectMapper mapper, String propertyPrefix) {
        ConfigurationFactory<C> factory = reader.create(type, validator, mapper, propertyPrefix);
        return new ConfigurationFactory<>() {

            @Override
            public C build(ConfigurationSourceProvider provider, String path)
                    throws IOException, ConfigurationException {
                return validated(factory.build(provider, path), path);
            }

            @Override
            public C build() throws IOException, ConfigurationException {
                return validated(factory.build(), NO_FILE);
            }
        };
    }

    private C validated(C configuration, String file) throws ConfigurationException {
        List<String> errors = problems.apply(configuration);
        if (!errors.isEmpty()) {
            throw new LoggerOptionsException(file, errors);
        }
        return configuration;
    }
}
