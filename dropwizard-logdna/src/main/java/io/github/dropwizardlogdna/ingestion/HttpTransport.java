package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/**
 * Sends requests over one persistent connection. No redirects, no cookies, no retries: a request is sent at most once.
 * Confined to the sender's thread.
 */
final class HttpTransport {

    /** Enough for the statuses of the lines of the largest body. */
    private static final int LARGEST_STATUSES = 1024 * 1024;

    /** Any other response body is read only so that the connection can be reused. */
    private static final int LARGEST_IGNORED = 64 * 1024;

    /** The limit for a body with its chunk framing, as a multiple of the body's limit. */
    private static final int FRAMING = 2;

    private static final byte[] NOTHING = {};
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);
    private static final Pattern IDLE_TIMEOUT =
            Pattern.compile("timeout\\s*=\\s*\"?(\\d{1,6})", Pattern.CASE_INSENSITIVE);

    private final IngestionSettings settings;
    private final Watchdog watchdog;
    private final Dialer dialer;

    /** The idle connection. Whichever of the sender's thread and the watchdog's removes it owns it. */
    private final AtomicReference<Idle> idle = new AtomicReference<>();

    HttpTransport(IngestionSettings settings, Watchdog watchdog) {
        this.settings = settings;
        this.watchdog = watchdog;
        this.dialer = new Dialer(settings);
    }

    /** Sends a body with these headers, and reads the response. */
    EndpointResponse post(URI uri, Map<String, String> headers, byte[] body, Attempt attempt)
            throws IOException, HttpException {
        attempt.allow(settings.connectionTimeout().plus(settings.timeout()), Diagnosis.noConnection(settings));
        Route route = Route.to(settings);
        WireConnection connection = takeIdle(route, attempt);
        if (connection == null) {
            connection = dialer.connect(route, attempt);
        }
        boolean reusable = false;
        try {
            attempt.allowAnswer(settings.timeout(), Diagnosis.noAnswer(settings));
            ClassicHttpRequest request = request(route, uri, headers, body);
            ClassicHttpResponse response = connection.exchange(request, attempt);
            ResponseReader reader = new ResponseReader(connection, request, response);
            EndpointResponse read = reader.read();
            Duration longestIdle = idleTime(response);
            reusable = reader.reusable && !longestIdle.isZero();
            if (reusable) {
                attempt.end(); // before another request, or the watchdog, may use the connection
                keep(connection, longestIdle);
            }
            return read;
        } finally {
            if (!reusable) {
                connection.abort();
            }
        }
    }

    private ClassicHttpRequest request(Route route, URI uri, Map<String, String> headers, byte[] body) {
        String path = uri.getRawPath() + "?" + uri.getRawQuery();
        boolean toProxy = route.kind() == Route.Kind.HTTP_PROXY && !Route.isSecure(uri);
        // Not re-encoded. A proxy needs the whole URL.
        String requestTarget = toProxy ? IngestionUri.origin(uri) + path : path;
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("POST", null, null, requestTarget);
        request.setHeader("Host", uri.getRawAuthority());
        headers.forEach(request::setHeader);
        HttpProxy proxy = route.proxy();
        String authorization = toProxy && proxy != null ? proxy.authorization() : null;
        if (authorization != null) {
            request.setHeader("Proxy-Authorization", authorization);
        }
        request.setHeader("Content-Length", body.length);
        request.setEntity(new ByteArrayEntity(body, null));
        return request;
    }

    /** Takes the idle connection if it has the same route and is still usable. */
    @Nullable
    private WireConnection takeIdle(Route route, Attempt attempt) throws IOException {
        Idle last = idle.getAndSet(null);
        if (last == null) {
            return null;
        }
        watchdog.forget(last);
        boolean usable = false;
        try {
            attempt.uses(last.connection.socket());
            usable = last.connection.route().equals(route) && !last.connection.isUnusable();
        } finally {
            if (!usable) {
                last.connection.closeIdle();
            }
        }
        return usable ? last.connection : null;
    }

    private void keep(WireConnection connection, Duration longest) {
        Idle last = new Idle(connection);
        idle.set(last);
        if (!watchdog.watch(last, System.nanoTime() + longest.toNanos())) {
            close(); // because it is not watched
        }
    }

    /** A little less than the server's keep-alive time, so that the server does not close the connection first. */
    private static Duration idleTime(ClassicHttpResponse response) {
        Header header = response.getFirstHeader("Keep-Alive");
        Matcher timeout = IDLE_TIMEOUT.matcher(header == null ? "" : header.getValue());
        if (!timeout.find()) {
            return LONGEST_IDLE;
        }
        Duration allowed = Duration.ofSeconds(Math.max(0, Long.parseLong(timeout.group(1)) - 1));
        return allowed.compareTo(LONGEST_IDLE) < 0 ? allowed : LONGEST_IDLE;
    }

    /** Closes the connection unless a request is using it. */
    void close() {
        Idle last = idle.getAndSet(null);
        if (last != null) {
            watchdog.forget(last);
            last.connection.closeIdle();
        }
    }

    /** A connection between two requests. It is closed if none follows for a while. */
    private final class Idle implements Watchdog.Watched {

        private final WireConnection connection;

        Idle(WireConnection connection) {
            this.connection = connection;
        }

        @Override
        public long overdue(long now, long late) {
            if (idle.compareAndSet(this, null)) {
                connection.abort();
            }
            return Watchdog.DONE;
        }
    }

    /** Reads a response after its head. A failure to read the body does not change the status, except for a 207. */
    private static final class ResponseReader {

        private final WireConnection connection;
        private final ClassicHttpRequest request;
        private final ClassicHttpResponse response;
        private boolean reusable;

        ResponseReader(WireConnection connection, ClassicHttpRequest request, ClassicHttpResponse response) {
            this.connection = connection;
            this.request = request;
            this.response = response;
        }

        EndpointResponse read() throws IOException, HttpException {
            boolean needed = response.getCode() == EndpointResponse.MULTI_STATUS;
            byte[] body = NOTHING;
            try {
                body = body(needed ? LARGEST_STATUSES : LARGEST_IGNORED);
            } catch (WireConnection.ResponseTooLargeException e) {
                // The rest is not needed, and the connection is not reused.
            } catch (Throwable e) {
                // Errors, too: a lack of threads or memory must not make delivered lines be sent again.
                if (needed) {
                    throw e;
                }
            }
            return new EndpointResponse(
                    response.getCode(), value("Retry-After"), value("Date"), needed ? body : NOTHING);
        }

        private byte[] body(int most) throws IOException, HttpException {
            if (response.getCode() < 200) {
                return NOTHING; // 101: another protocol follows
            }
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            if (MessageSupport.canResponseHaveBody(request.getMethod(), response)) {
                connection.allowBody((long) FRAMING * most);
                connection.receiveResponseEntity(response);
                InputStream in = response.getEntity().getContent();
                byte[] buffer = new byte[8 * 1024];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    read.write(buffer, 0, n);
                    if (read.size() > most) {
                        throw new WireConnection.ResponseTooLargeException();
                    }
                }
            }
            reusable = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, HttpCoreContext.create());
            return read.toByteArray();
        }

        @Nullable
        private String value(String header) {
            Header first = response.getFirstHeader(header);
            return first == null ? null : first.getValue();
        }
    }
}
