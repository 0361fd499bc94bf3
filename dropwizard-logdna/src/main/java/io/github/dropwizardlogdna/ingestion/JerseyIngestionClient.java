package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Variant;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Properties;
import java.util.function.LongSupplier;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.client.JerseyClientBuilder;
import org.glassfish.jersey.client.spi.Connector;

/**
 * Sends requests with Jersey's client API, which every Dropwizard service has, and a connector of our own.
 *
 * <p>The first {@link #send} creates the client on the sender's thread, because it takes half a second. One connection is
 * kept alive between requests. Each {@code send} sends its body at most once.
 */
public final class JerseyIngestionClient implements IngestionClient {

    static final String USER_AGENT = userAgent();

    /** Spelled as in LogDNA's documentation. */
    private static final String CONTENT_TYPE = "application/json; charset=UTF-8";

    private static final MediaType JSON = new MediaType("application", "json");

    private final IngestionSettings settings;
    private final LongSupplier epochMillis;
    private final Watchdog watchdog;
    private final JerseyConnector connector;

    /** The current request, for threads that may abort it. */
    @Nullable
    private volatile Attempt attempt;

    /** Confined to the sender's thread. */
    @Nullable
    private Client client;

    public JerseyIngestionClient(IngestionSettings settings) {
        this(settings, System::currentTimeMillis);
    }

    /** Creates a client with another clock in place of {@link System#currentTimeMillis}. */
    public JerseyIngestionClient(IngestionSettings settings, LongSupplier epochMillis) {
        this(settings, epochMillis, Watchdog.SHARED);
    }

    JerseyIngestionClient(IngestionSettings settings, LongSupplier epochMillis, Watchdog watchdog) {
        this.settings = settings;
        this.epochMillis = epochMillis;
        this.watchdog = watchdog;
        this.connector = new JerseyConnector(new HttpTransport(settings, watchdog));
    }

    @Override
    public Verdict send(RequestBody body) {
        Attempt current = new Attempt(watchdog);
        connector.begin(current);
        try {
            Client ready = client();
            URI uri = IngestionUri.of(settings.endpoint(), hostInfoOf(body), epochMillis.getAsLong());
            attempt = current;
            post(ready, uri, body);
            return verdict(connector.response(), body);
        } catch (RuntimeException | Error e) {
            EndpointResponse response = connector.response();
            if (response != null) {
                return verdict(response, body);
            }
            if (e instanceof Error error) {
                throw error;
            }
            throwIfUnlinked(e);
            return failed(e, current);
        } finally {
            attempt = null;
            current.end();
        }
    }

    @Override
    public void cutOff() {
        Attempt current = attempt;
        if (current != null) {
            current.cutOff("cut off before there was an answer");
        }
    }

    @Override
    public void close() {
        connector.close();
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private HostInfo hostInfoOf(RequestBody body) {
        HostInfo recorded = body.hostInfo();
        return recorded == null ? settings.hostInfo() : recorded;
    }

    private void post(Client ready, URI uri, RequestBody body) {
        Invocation.Builder request = ready.target(uri)
                .request()
                .header(HttpHeaders.ACCEPT, "application/json")
                .header("apikey", settings.ingestionKey())
                .header(HttpHeaders.USER_AGENT, USER_AGENT);
        Variant variant = new Variant(JSON, (Locale) null, body.gzip() ? "gzip" : null);
        request.post(Entity.entity(body.bytes(), variant)).close();
    }

    private Verdict verdict(@Nullable EndpointResponse response, RequestBody body) {
        if (response == null) {
            throw new IllegalStateException("no response"); // Jersey did not call the connector
        }
        return response.verdict(body, Instant.ofEpochMilli(epochMillis.getAsLong()), proxyMayAnswer());
    }

    /** A proxy that only opens a tunnel does not see the request. */
    private boolean proxyMayAnswer() {
        return !Route.isSecure(settings.endpoint()) && Route.to(settings).isProxied();
    }

    /** Unwraps a LinkageError, which Jersey wraps and which no retry can fix. */
    private static void throwIfUnlinked(Throwable failure) {
        for (Throwable cause : Diagnosis.causes(failure)) {
            if (cause instanceof LinkageError unlinked) {
                throw unlinked;
            }
        }
    }

    private Verdict failed(Throwable failure, Attempt current) {
        String cutOff = current.cutOffReason();
        Verdict verdict = cutOff == null ? Diagnosis.verdict(failure, settings) : Verdict.of(Outcome.RETRY, cutOff);
        if (current.isAnswerOverdue(failure)) {
            return Verdict.of(Outcome.TIMED_OUT, verdict.reason(), verdict.remedy());
        }
        boolean broken = cutOff == null && verdict.outcome() == Outcome.RETRY && current.isAnswerAwaited();
        return broken ? Verdict.of(Outcome.NO_RESPONSE, verdict.reason(), verdict.remedy()) : verdict;
    }

    private Client client() {
        Client ready = client;
        if (ready == null) {
            ready = newClient(connector);
            client = ready;
        }
        return ready;
    }

    private static Client newClient(Connector connector) {
        // Ignores features on the service's class path, such as JSON providers, tracing and compression.
        ClientConfig config = new ClientConfig()
                .connectorProvider((owner, configuration) -> connector)
                .property(CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true)
                .property(CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true)
                .register((ClientRequestFilter)
                        request -> request.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE));
        return JerseyClientBuilder.createClient(config);
    }

    /**
     * Makes a request without a connection, so that all classes of Jersey that requests need are loaded and linked. Takes
     * 200 to 500 ms the first time, which the first request then saves.
     *
     * @throws LinkageError if a class or a method is missing
     */
    public static void link() {
        Client client = newClient(new UnconnectedConnector());
        try {
            client.target("http://localhost")
                    .request()
                    .post(Entity.entity(new byte[0], JSON))
                    .close();
        } catch (RuntimeException e) {
            throwIfUnlinked(e);
            throw e;
        } finally {
            client.close();
        }
    }

    private static String userAgent() {
        Properties properties = new Properties();
        try (InputStream in = JerseyIngestionClient.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException | IllegalArgumentException e) {
            // The version is for the endpoint's information only.
        }
        return "dropwizard-logdna/" + properties.getProperty("version", "unknown");
    }
}
