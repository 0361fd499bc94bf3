package io.github.dropwizardlogdna.example;

import io.dropwizard.configuration.ConfigurationSourceProvider;
import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.text.StringSubstitutor;

/** A test's own environment variables, in place of the machine's, for the configuration that production has. */
final class TestEnvironment {

    private TestEnvironment() {}

    /** With these variables, and with ports that are free. */
    static ConfigurationSourceProvider of(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of("PORT", "0", "ADMIN_PORT", "0"));
        all.putAll(variables);
        return new SubstitutingSourceProvider(new FileConfigurationSourceProvider(), new StringSubstitutor(all));
    }
}
