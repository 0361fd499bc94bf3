package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.client.ResponseProcessingException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.Variant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.function.LongSupplier;
import javax.net.ssl.HttpsURLConnection;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.client.ClientProperties;
import org.glassfish.jersey.client.HttpUrlConnectorProvider;
import org.glassfish.jersey.client.JerseyClientBuilder;

/**
 * Sends with Jersey's client on the JDK's {@code HttpURLConnection}: what every Dropwizard service has already.
 *
 * <p>The client is made by the first {@link #send}, on the sender's thread, as it takes half a second. One connection
 * is kept alive between requests. A body is sent at most once for each {@code send}: the JDK repeats a POST that was
 * not answered, except one whose length was fixed beforehand.
 */
public final class JerseyIngestionClient implements IngestionClient {

    /** Enough for the status of each line of the largest body. */
    private static final int MAX_STATUSES = 1024 * 1024;

    /** Any other answer is read only for the sake of the connection, which can be used again after that. */
    private static final int MAX_IGNORED = 64 * 1024;

    private static final byte[] NOTHING = {};

    private static final String USER_AGENT = userAgent();

    private final IngestionSettings settings;
    private final LongSupplier epochMillis;
    private final TlsSocketFactory tls;
    private final InFlight inFlight;
    private final ProxyCredentialsOnly authenticator;

    /** Belongs to the sender's thread. */
    @Nullable
    private Client client;

    /** Of the request under way. Belongs to the sender's thread. */
    private int bodyLength;

    public JerseyIngestionClient(IngestionSettings settings) {
        this(settings, System::nanoTime, System::currentTimeMillis);
    }

    /** With other clocks: as {@link System#nanoTime}, and as {@link System#currentTimeMillis}. */
    public JerseyIngestionClient(IngestionSettings settings, LongSupplier nanoTime, LongSupplier epochMillis) {
        this.settings = settings;
        this.epochMillis = epochMillis;
        this.authenticator = new ProxyCredentialsOnly(settings.proxy());
        this.tls = new TlsSocketFactory(settings.tls());
        this.inFlight = new InFlight(settings, tls, nanoTime);
    }

    @Override
    public Verdict send(Body body) {
        try {
            Client ready = client();
            URI uri = IngestionUri.of(settings.endpoint(), originOf(body), epochMillis.getAsLong());
            inFlight.begins();
            authenticator.begins();
            return answered(post(ready, uri, body), body);
        } catch (RuntimeException | IOException e) {
            return failed(e, body);
        } finally {
            inFlight.ends();
        }
    }

    @Override
    public void cutOff() {
        inFlight.cutOff();
    }

    @Override
    public long cutOffIfOverdue() {
        return inFlight.cutOffIfOverdue();
    }

    @Override
    public void close() {
        inFlight.disconnect();
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private Origin originOf(Body body) {
        Origin origin = body.origin();
        return origin == null ? settings.origin() : origin;
    }

    private Response post(Client ready, URI uri, Body body) {
        byte[] bytes = body.bytes();
        bodyLength = bytes.length;
        StreamingOutput entity = out -> {
            // Jersey does not buffer (see newClient): the first byte connects. All others go in one write, after which
            // nobody asks the JDK whether it failed: an endpoint that answered before it had read all is still heard.
            try {
                out.write(bytes, 0, 1);
            } catch (IOException e) {
                throw new NotSentException(e);
            }
            inFlight.firstByteSent();
            out.write(bytes, 1, bytes.length - 1);
            inFlight.lastByteSent();
        };
        Variant variant = new Variant(MediaType.APPLICATION_JSON_TYPE, (Locale) null, body.gzip() ? "gzip" : null);
        Invocation.Builder request = ready.target(uri)
                .request(MediaType.APPLICATION_JSON_TYPE)
                .header("apikey", settings.ingestionKey())
                .header(HttpHeaders.USER_AGENT, USER_AGENT);
        try {
            return request.post(Entity.entity(entity, variant));
        } catch (ResponseProcessingException e) {
            // Sending failed, but there was an answer nevertheless.
            return e.getResponse();
        }
    }

    /** Once the head of the answer is there, the verdict stands, whatever becomes of its body; a 207 excepted. */
    private Verdict answered(Response response, Body sent) throws IOException {
        inFlight.answerBegins();
        int status = response.getStatus();
        byte[] body = NOTHING;
        try {
            body = read(response, status == Answer.MULTI_STATUS);
        } catch (IOException | RuntimeException e) {
            if (status == Answer.MULTI_STATUS) {
                throw e;
            }
            inFlight.disconnect();
        }
        Answer answer = new Answer(status, response.getHeaderString(HttpHeaders.RETRY_AFTER), body);
        return answer.verdict(sent, Instant.ofEpochMilli(epochMillis.getAsLong()));
    }

    /** Reads an answer's body to its end, so that the connection can be used again, but not for ever. */
    private byte[] read(Response response, boolean keep) throws IOException {
        int most = keep ? MAX_STATUSES : MAX_IGNORED;
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 * 1024];
        int total = 0;
        // As an entity, not by readEntity(), which fails where the answer's Content-Type is malformed.
        if (response.getEntity() instanceof InputStream in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                total += n;
                if (total > most) {
                    inFlight.disconnect();
                    return NOTHING;
                }
                if (!inFlight.mayReadOn()) {
                    throw new InterruptedIOException("cut off");
                }
                if (keep) {
                    kept.write(buffer, 0, n);
                }
            }
            in.close();
        }
        return kept.toByteArray();
    }

    private Verdict failed(Exception failure, Body body) {
        String cutOff = inFlight.cutOffReason();
        inFlight.disconnect();
        if (cutOff != null) {
            return Verdict.of(outcome(cutOff), cutOff);
        }
        OptionalInt status = Diagnosis.statusOf(failure);
        if (status.isPresent()) {
            Answer answer = new Answer(status.getAsInt(), null, NOTHING);
            return answer.verdict(body, Instant.ofEpochMilli(epochMillis.getAsLong()));
        }
        Diagnosis diagnosis = Diagnosis.of(failure, settings);
        return Verdict.of(outcome(diagnosis.reason()), diagnosis.reason(), diagnosis.remedy());
    }

    /** A request that was begun and not answered in time may have been too large for the line. */
    private static Outcome outcome(String reason) {
        return reason.startsWith("no answer ") ? Outcome.TIMED_OUT : Outcome.RETRY;
    }

    private Client client() {
        Client ready = client;
        if (ready == null) {
            ready = newClient();
            client = ready;
        }
        return ready;
    }

    private Client newClient() {
        // Nothing that happens to be on the service's classpath joins in: not its JSON, tracing or compression.
        ClientConfig config = new ClientConfig()
                .connectorProvider(new HttpUrlConnectorProvider().connectionFactory(new Connections()))
                .property(CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true)
                .property(CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true)
                .property(ClientProperties.FOLLOW_REDIRECTS, false)
                .property(ClientProperties.CONNECT_TIMEOUT, millis(settings.connectionTimeout()))
                .property(ClientProperties.READ_TIMEOUT, millis(settings.timeout()))
                .property(ClientProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0)
                .register((ClientRequestFilter) request ->
                        // In the documentation's spelling; Jersey's own has no space after the semicolon.
                        request.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, "application/json; charset=UTF-8"));
        return JerseyClientBuilder.createClient(config);
    }

    /** Zero would mean no time-out. */
    private static int millis(Duration duration) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, duration.toMillis()));
    }

    private static String userAgent() {
        Properties properties = new Properties();
        try (InputStream in = JerseyIngestionClient.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "dropwizard-logdna/" + properties.getProperty("version", "unknown");
    }

    /** Opens the connection of a request in such a way that its body is sent once, and hands it to {@link InFlight}. */
    private final class Connections implements HttpUrlConnectorProvider.ConnectionFactory {

        @Override
        public HttpURLConnection getConnection(URL url) throws IOException {
            HttpProxy proxy = settings.proxy();
            return prepared(proxy == null ? url.openConnection() : url.openConnection(proxy.proxy()));
        }

        /** Jersey's own proxy is not configured here, and thus null. */
        @Override
        public HttpURLConnection getConnection(URL url, @Nullable Proxy proxy) throws IOException {
            return proxy == null ? getConnection(url) : prepared(url.openConnection(proxy));
        }

        private HttpURLConnection prepared(URLConnection opened) {
            HttpURLConnection connection = (HttpURLConnection) opened;
            connection.setFixedLengthStreamingMode(bodyLength);
            connection.setUseCaches(false);
            connection.setAuthenticator(authenticator);
            if (connection instanceof HttpsURLConnection https) {
                // Its proxy hears the credentials from the authenticator, when it asks; the endpoint never does.
                https.setSSLSocketFactory(tls);
            } else if (settings.proxy() != null && settings.proxy().authorization() != null) {
                // Unasked: the JDK can't repeat a request whose length was fixed.
                connection.setRequestProperty(
                        "Proxy-Authorization", settings.proxy().authorization());
            }
            inFlight.uses(connection);
            return connection;
        }
    }
}
