package io.github.dropwizardlogdna.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.core.Configuration;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import jakarta.validation.Validator;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Reads and validates a configuration as Dropwizard does at the start, with overrides from {@code dw.} properties. */
public final class ConfigurationFile {

    private static final Validator VALIDATOR = Validators.newValidator();
    private static final ObjectMapper MAPPER = Jackson.newObjectMapper();

    private ConfigurationFile() {}

    public static Configuration read(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(Configuration.class, VALIDATOR, MAPPER.copy(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(UTF_8)), "config.yml");
    }

    /** The options, one a line, as those of the second appender of {@code logging}. */
    public static String ofRoot(String options) {
        return """
                logging:
                  appenders:
                    - type: console
                    - type: logdna
                """ + options.indent(6);
    }

    /** The options, one a line, as those of an appender of the logger {@code audit} alone. */
    public static String ofLogger(String options) {
        return """
                logging:
                  appenders: []
                  loggers:
                    audit:
                      appenders:
                        - type: logdna
                """ + options.indent(10);
    }
}
