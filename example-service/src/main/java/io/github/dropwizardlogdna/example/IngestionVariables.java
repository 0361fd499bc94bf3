package io.github.dropwizardlogdna.example;

import io.github.dropwizardlogdna.local.BatchPrinter;
import io.github.dropwizardlogdna.local.EndpointSettings;
import io.github.dropwizardlogdna.local.IngestionEndpoint;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks up the environment variables of a configuration. If {@code LOGDNA_ENDPOINT} is not set, its value is the URL of an
 * ingestion endpoint in this process. The first lookup starts that endpoint, so every command that ships has it, and no
 * other.
 *
 * <p>Not thread-safe: used by the thread that reads the configuration.
 */
public final class IngestionVariables {

    private static final String ENDPOINT = "LOGDNA_ENDPOINT";
    private static final String INGESTION_KEY = "LOGDNA_INGESTION_KEY";
    private static final String EMBEDDED_PORT = "LOGDNA_EMBEDDED_PORT";
    private static final String EMBEDDED_HOSTS = "LOGDNA_EMBEDDED_HOSTS";

    private static final int DEFAULT_PORT = 8082;

    /** The key of the embedded endpoint if none is set. Not a secret. */
    private static final String LOCAL_KEY = "local";

    private final Map<String, String> environment;
    private final PrintStream out;

    @Nullable
    private IngestionEndpoint embedded;

    public IngestionVariables(Map<String, String> environment, PrintStream out) {
        this.environment = Map.copyOf(environment);
        this.out = out;
    }

    /** Returns the value of a variable; null if it has none. */
    @Nullable
    public String lookup(String name) {
        return switch (name) {
            case ENDPOINT ->
                isSet(ENDPOINT) ? environment.get(ENDPOINT) : embedded().url();
            // A configured endpoint needs its own key, so there is no default for it.
            case INGESTION_KEY -> isSet(ENDPOINT) ? environment.get(INGESTION_KEY) : embeddedKey();
            default -> environment.get(name);
        };
    }

    private IngestionEndpoint embedded() {
        IngestionEndpoint endpoint = embedded;
        if (endpoint == null) {
            endpoint = startEmbedded();
            embedded = endpoint;
        }
        return endpoint;
    }

    private IngestionEndpoint startEmbedded() {
        int port = embeddedPort();
        IngestionEndpoint endpoint;
        try {
            EndpointSettings settings = EndpointSettings.onPort(port)
                    .withIngestionKey(embeddedKey())
                    .withHosts(embeddedHosts());
            endpoint = IngestionEndpoint.start(settings, new BatchPrinter(out, ZoneId.systemDefault()));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The embedded ingestion endpoint can't listen on port " + port + " of this machine. Set "
                            + EMBEDDED_PORT + " to a free port (0 takes any), or " + ENDPOINT + " and " + INGESTION_KEY
                            + " to those of an endpoint that runs already.",
                    e);
        }
        out.println(BatchPrinter.PREFIX + ENDPOINT + " is not set: what this process ships arrives at " + endpoint.url()
                + ", and is shown here and at " + endpoint.tailUrl());
        if (isSet(INGESTION_KEY)) {
            out.println(BatchPrinter.PREFIX + INGESTION_KEY + " is set. To ship to LogDNA, set " + ENDPOINT
                    + "=https://logs.logdna.com/logs/ingest, too.");
        }
        return endpoint;
    }

    private int embeddedPort() {
        if (!isSet(EMBEDDED_PORT)) {
            return DEFAULT_PORT;
        }
        String port = String.valueOf(environment.get(EMBEDDED_PORT));
        try {
            int number = Integer.parseInt(port);
            if (number >= 0 && number <= 65_535) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(EMBEDDED_PORT + " is not a port (0 to 65535): " + port);
    }

    /** The names, separated by commas and in addition to localhost, by which browsers address this machine. */
    private Set<String> embeddedHosts() {
        return Pattern.compile(",")
                .splitAsStream(environment.getOrDefault(EMBEDDED_HOSTS, ""))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private String embeddedKey() {
        return isSet(INGESTION_KEY) ? String.valueOf(environment.get(INGESTION_KEY)) : LOCAL_KEY;
    }

    /** An empty variable counts as unset: a compose file passes on a missing variable as an empty one. */
    private boolean isSet(String name) {
        String value = environment.get(name);
        return value != null && !value.isBlank();
    }
}
