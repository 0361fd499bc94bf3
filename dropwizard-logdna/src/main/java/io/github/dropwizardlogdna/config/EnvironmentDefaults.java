package io.github.dropwizardlogdna.config;

import jakarta.annotation.Nullable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/**
 * Defaults of options from environment variables, under the names that the vendor's agent and functions use. An empty
 * variable counts as unset. Not thread-safe.
 */
public final class EnvironmentDefaults {

    /** The variables of each option; the first one that is set wins. */
    private static final Map<String, List<String>> VARIABLES = new LinkedHashMap<>();

    static {
        VARIABLES.put("ingestionKey", List.of("LOGDNA_INGESTION_KEY", "MZ_INGESTION_KEY"));
        VARIABLES.put("endpoint", List.of("LOGDNA_URL"));
        VARIABLES.put("hostname", List.of("LOGDNA_HOSTNAME"));
        VARIABLES.put("tags", List.of("LOGDNA_TAGS", "MZ_TAGS"));
    }

    private final UnaryOperator<String> environment;

    /** The variable from which each option has taken its value. */
    private final Map<String, String> used = new LinkedHashMap<>();

    /**
     * Creates the defaults.
     *
     * @param environment returns the value of a variable, or null
     */
    public EnvironmentDefaults(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    /** The configured value, or else the one of the environment; null if neither is set. */
    @Nullable
    public String orDefault(String option, @Nullable String configured) {
        if (isSet(configured)) {
            used.remove(option); // it may have been set after it was asked for
            return configured;
        }
        String variable = variableOf(option);
        if (variable == null) {
            return null;
        }
        used.put(option, variable);
        return environment.apply(variable).strip();
    }

    /** The variable that an option takes its value from if it is not configured; null if there is none. */
    @Nullable
    String variableOf(String option) {
        for (String variable : VARIABLES.getOrDefault(option, List.of())) {
            if (isSet(environment.apply(variable))) {
                return variable;
            }
        }
        return null;
    }

    /** The names of the variables of an option, for a message. */
    static String namesOf(String option) {
        return String.join(" or ", VARIABLES.getOrDefault(option, List.of()));
    }

    /** The options with a value of the environment, and the variables. */
    Map<String, String> used() {
        return used;
    }

    /** The options with a value of the environment, and the variables, for a message; empty if there are none. */
    public String inWords() {
        StringJoiner words = new StringJoiner(", ", "; from the environment: ", "").setEmptyValue("");
        used.forEach((option, variable) -> words.add(option + " (" + variable + ")"));
        return words.toString();
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
