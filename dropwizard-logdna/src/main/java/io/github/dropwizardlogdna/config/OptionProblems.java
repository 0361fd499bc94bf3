package io.github.dropwizardlogdna.config;

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
import java.util.TimeZone;
import java.util.regex.Pattern;

/**
 * Finds the problems of options: for each option what is allowed and, if it isn't obvious, the remedy. Never contains the
 * value of a secret. Null is left to the constraints of single fields, unless a method says otherwise.
 */
public final class OptionProblems {

    private static final int LARGEST_PORT = 65_535;
    private static final Pattern MAC = Pattern.compile("(\\p{XDigit}{2}[:-]){5}\\p{XDigit}{2}");
    private static final Pattern OFFSET_FROM_GMT = Pattern.compile("GMT[+-](\\d|[01]\\d|2[0-3])(:?[0-5]\\d)?");
    private static final Pattern UNDERSCORE_IN_HOST = Pattern.compile("https?://[^/?#]*_.*", Pattern.CASE_INSENSITIVE);
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x21-\\x7e]+");
    private static final Set<String> LEVELS =
            new LinkedHashSet<>(List.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE", "ALL"));
    /** The problem of a text in which the application was to put the value of an environment variable. */
    public static final String UNSUBSTITUTED =
            "still holds the name of a variable in ${...}: set that environment variable, and let the application"
                    + " substitute it (in initialize: bootstrap.setConfigurationSourceProvider(new"
                    + " SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), new"
                    + " EnvironmentVariableSubstitutor())))";

    private final Map<String, String> problems = new LinkedHashMap<>();
    private final EnvironmentDefaults environment;

    /** Creates a collection without problems; options that are not set come from {@code environment}. */
    public OptionProblems(EnvironmentDefaults environment) {
        this.environment = environment;
    }

    /** The problems by the path of the option, below that of the appender. */
    public Map<String, String> found() {
        Map<String, String> all = new LinkedHashMap<>(problems);
        environment
                .used()
                .forEach((option, variable) -> all.computeIfPresent(
                        option,
                        (same, problem) -> "is not set, and the environment variable " + variable + " " + problem));
        return all;
    }

    /** Adds a problem. */
    public void add(String option, String problem) {
        problems.put(option, problem);
    }

    /** Adds the problems of the options within {@code option}. */
    public void addAll(String option, Map<String, String> nested) {
        nested.forEach((name, problem) -> add(option + "." + name, problem));
    }

    /** Adds a problem unless the value is allowed. */
    public void unless(boolean allowed, String option, String problem) {
        if (!allowed) {
            add(option, problem);
        }
    }

    /** Names that are not options of {@code factory}. */
    public void unknown(Set<String> options, Class<?> factory) {
        options.forEach(option -> add(option, OptionsCheck.unknown(option, "type logdna", factory)));
    }

    /** The key, which is required; null if it is not configured. */
    public void ingestionKey(@Nullable String configured) {
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

    /** An absolute http or https URL. */
    public void endpoint(String url, String example) {
        if (url.contains("${")) {
            add("endpoint", UNSUBSTITUTED);
        } else if (UNDERSCORE_IN_HOST.matcher(url).matches()) {
            add("endpoint", "must not have an underscore (_) in its host name: Java rejects such names");
        } else {
            unless(
                    isUsable(url),
                    "endpoint",
                    "must be an absolute http or https URL, without user, password and fragment (#), like " + example);
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

    /** A text of at most {@code characters} characters. */
    public void longest(String option, @Nullable String text, int characters) {
        unless(text == null || text.length() <= characters, option, "must have at most " + characters + " characters");
    }

    /** A text in which the application was to put the values of environment variables. */
    public void substituted(String option, @Nullable String text) {
        unless(text == null || !text.contains("${"), option, UNSUBSTITUTED);
    }

    /** An IP address, v4 or v6. */
    public void ip(@Nullable String address) {
        unless(address == null || InetAddresses.isInetAddress(address), "ip", "must be an IP address, v4 or v6");
    }

    /** A MAC address. */
    public void mac(@Nullable String address) {
        unless(
                address == null || MAC.matcher(address).matches(),
                "mac",
                "must be a MAC address, like 00:1b:44:11:3a:b7");
    }

    /** Tags of at most {@code characters} characters each. */
    public void tags(List<String> tags, int characters) {
        unless(
                tags.stream().allMatch(tag -> tag.length() <= characters),
                "tags",
                "must have at most " + characters + " characters each");
    }

    /** One of the choices; null is not allowed. */
    public void choice(String option, @Nullable String value, Collection<String> choices) {
        unless(value != null && choices.contains(value.toLowerCase(Locale.ROOT)), option, "must be one of " + choices);
    }

    /** A level. YAML reads off as false and on as true. */
    public void level(String option, String written) {
        String level = written.strip().toUpperCase(Locale.ROOT);
        unless(
                LEVELS.contains(level) || level.equals("TRUE") || level.equals("FALSE"),
                option,
                "must be one of " + LEVELS);
    }

    /** A zone that Java knows, or Dropwizard's {@code system}. */
    public void timeZone(String option, String written) {
        String zone = written.strip();
        boolean offset = OFFSET_FROM_GMT.matcher(zone).matches();
        unless(
                zone.equalsIgnoreCase("system")
                        || offset
                        || List.of(TimeZone.getAvailableIDs()).contains(zone),
                option,
                "must be a time zone that Java knows, like UTC, Europe/Berlin or GMT+02:00, or system");
    }

    /** Regular expressions of RE2. */
    public void patterns(String option, @Nullable List<String> patterns) {
        for (int i = 0; patterns != null && i < patterns.size(); i++) {
            String pattern = patterns.get(i);
            String path = option + "[" + i + "]";
            if (pattern != null) {
                Redaction.problem(pattern).ifPresent(problem -> add(path, problem));
            }
        }
    }
}
