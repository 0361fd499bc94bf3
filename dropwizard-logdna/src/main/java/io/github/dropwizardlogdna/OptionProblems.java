package io.github.dropwizardlogdna;

import com.google.common.net.InetAddresses;
import io.github.dropwizardlogdna.line.Redaction;
import jakarta.annotation.Nullable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects what is wrong with options: for each what is allowed and, where it isn't obvious, what to do. Never holds a
 * secret's value. What is null is a matter of the constraints of single fields, unless said otherwise.
 */
final class OptionProblems {

    private static final int LARGEST_PORT = 65_535;
    private static final Pattern MAC = Pattern.compile("(\\p{XDigit}{2}[:-]){5}\\p{XDigit}{2}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Set<String> LEVELS =
            new LinkedHashSet<>(List.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL"));
    private static final String UNSUBSTITUTED =
            "still holds the name of a variable in ${...}: set that environment variable, and let the application"
                    + " substitute it (in initialize: bootstrap.setConfigurationSourceProvider(new"
                    + " SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), new"
                    + " EnvironmentVariableSubstitutor())))";

    private final Map<String, String> problems = new LinkedHashMap<>();
    private final EnvironmentDefaults environment;

    /** Options that are not set are those of the environment, and so is what is wrong with them. */
    OptionProblems(EnvironmentDefaults environment) {
        this.environment = environment;
    }

    /** By the path of the option, below that of the appender. */
    Map<String, String> found() {
        return problems;
    }

    void add(String option, String problem) {
        problems.put(option, problem);
    }

    /** Once all is checked: says of each option that came from the environment which variable is wrong. */
    void blameEnvironment() {
        environment
                .used()
                .forEach((option, variable) -> problems.computeIfPresent(
                        option,
                        (same, problem) -> "is not set, and the environment variable " + variable + " " + problem));
    }

    /** Those of an option that has options of its own. */
    void addAll(String option, Map<String, String> nested) {
        nested.forEach((name, problem) -> add(option + "." + name, problem));
    }

    void unless(boolean allowed, String option, String problem) {
        if (!allowed) {
            add(option, problem);
        }
    }

    /** Names that are none of the options of {@code factory}. */
    void unknown(Set<String> options, Class<?> factory) {
        options.forEach(option -> add(option, OptionsCheck.unknown(option, factory)));
    }

    /** The key is required; null is one that is not configured. */
    void ingestionKey(@Nullable String configured) {
        String key = environment.orDefault("ingestionKey", configured);
        if (key == null) {
            add(
                    "ingestionKey",
                    "must be set: take it from the account's settings, and set it here or in the environment variable "
                            + EnvironmentDefaults.namesOf("ingestionKey")
                            + " (or set enabled: false to ship nothing)");
        } else if (key.contains("${")) {
            add("ingestionKey", UNSUBSTITUTED);
        } else if (!HEADER_VALUE.matcher(key).matches()) {
            add(
                    "ingestionKey",
                    "must consist of visible ASCII characters: there is white space, a line break or a control"
                            + " character in it, perhaps at its end");
        }
    }

    void endpoint(String url, String example) {
        if (url.contains("${")) {
            add("endpoint", UNSUBSTITUTED);
        } else {
            unless(
                    isUsable(url),
                    "endpoint",
                    "must be an absolute http or https URL, without user and password in it, like " + example);
        }
    }

    private static boolean isUsable(String url) {
        try {
            URI uri = new URI(url);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return web
                    && uri.getHost() != null
                    && uri.getPort() <= LARGEST_PORT
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    void longest(String option, @Nullable String text, int characters) {
        unless(text == null || text.length() <= characters, option, "must have at most " + characters + " characters");
    }

    void ip(@Nullable String address) {
        unless(address == null || InetAddresses.isInetAddress(address), "ip", "must be an IP address, v4 or v6");
    }

    void mac(@Nullable String address) {
        unless(
                address == null || MAC.matcher(address).matches(),
                "mac",
                "must be a MAC address, like 00:1b:44:11:3a:b7");
    }

    void tags(List<String> tags, int characters) {
        unless(
                tags.stream().allMatch(tag -> tag.length() <= characters),
                "tags",
                "must each have at most " + characters + " characters");
    }

    /** Null is none of the choices. */
    void choice(String option, @Nullable String value, Collection<String> choices) {
        unless(value != null && choices.contains(value.toLowerCase(Locale.ROOT)), option, "must be one of " + choices);
    }

    /** A level as it was written, and as YAML takes off for false and on for true. */
    void level(String option, String written) {
        String level = written.strip().toUpperCase(Locale.ROOT);
        unless(
                LEVELS.contains(level) || level.equals("TRUE") || level.equals("FALSE"),
                option,
                "must be one of " + LEVELS);
    }

    void patterns(String option, @Nullable List<String> patterns) {
        for (int i = 0; patterns != null && i < patterns.size(); i++) {
            String pattern = patterns.get(i);
            String path = option + "[" + i + "]";
            if (pattern != null) {
                Redaction.problem(pattern).ifPresent(problem -> add(path, problem));
            }
        }
    }
}
