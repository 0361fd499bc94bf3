package io.github.dropwizardlogdna;

import jakarta.annotation.Nullable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/**
 * The values that the environment has for options that are not set, under the names that the vendor's agent and functions
 * use. A variable that is empty counts as unset. For one thread, that of the factory.
 */
final class EnvironmentDefaults {

    /** By option: the variables, the first that is set wins. */
    private static final Map<String, List<String>> VARIABLES = new LinkedHashMap<>();

    static {
        VARIABLES.put("ingestionKey", List.of("LOGDNA_INGESTION_KEY", "MZ_INGESTION_KEY"));
        VARIABLES.put("endpoint", List.of("LOGDNA_URL"));
        VARIABLES.put("hostname", List.of("LOGDNA_HOSTNAME"));
        VARIABLES.put("tags", List.of("LOGDNA_TAGS", "MZ_TAGS"));
    }

    private final UnaryOperator<String> environment;

    /** Which variable an option has taken its value from, in the order of the questions. */
    private final Map<String, String> used = new LinkedHashMap<>();

    /**
     * Reads nothing yet.
     *
     * @param environment returns the value of a variable, or null
     */
    EnvironmentDefaults(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    /** What is configured, or else what the environment has; null if neither has anything. */
    @Nullable
    String orDefault(String option, @Nullable String configured) {
        if (isSet(configured)) {
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

    /** The variables of an option, for a message. */
    static String namesOf(String option) {
        return String.join(" or ", VARIABLES.getOrDefault(option, List.of()));
    }

    /** The options that have taken their values from the environment, with the variables. */
    Map<String, String> used() {
        return used;
    }

    /** Which options came from which variables, never their values; empty if none did. */
    String inWords() {
        StringJoiner words = new StringJoiner(", ", "; from the environment: ", "").setEmptyValue("");
        used.forEach((option, variable) -> words.add(option + " (" + variable + ")"));
        return words.toString();
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
