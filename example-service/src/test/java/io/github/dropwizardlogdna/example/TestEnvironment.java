package io.github.dropwizardlogdna.example;

import io.dropwizard.configuration.ConfigurationSourceProvider;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.text.StringSubstitutor;

/** Reads the configuration of production with a test's own environment variables instead of the machine's. */
final class TestEnvironment {

    private TestEnvironment() {}

    /** Returns a provider with these variables and with free ports. */
    static ConfigurationSourceProvider of(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of("PORT", "0", "ADMIN_PORT", "0"));
        all.putAll(variables);
        return new SubstitutingSourceProvider(new FileConfigurationSourceProvider(), new StringSubstitutor(all));
    }
}
