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
 * Sends requests over one connection, which is kept between them. No redirects, no cookies, no retries: a request is
 * sent at most once. Belongs to the sender's thread.
 */
final class HttpTransport {

    /** Enough for the status of each line of the largest body. */
    private static final int LARGEST_STATUSES = 1024 * 1024;

    /** Any other answer is read only so that the connection can be used again. */
    private static final int LARGEST_IGNORED = 64 * 1024;

    /** The framing of a body in chunks may be longer than the body. */
    private static final int FRAMING = 2;

    private static final byte[] NOTHING = {};
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);
    private static final Pattern IDLE_TIMEOUT =
            Pattern.compile("timeout\\s*=\\s*\"?(\\d{1,6})", Pattern.CASE_INSENSITIVE);

    private final IngestionSettings settings;
    private final Watchdog watchdog;
    private final Dialer dialer;

    /** The connection between two requests. The sender's thread and the watchdog's take it out; it is theirs then. */
    private final AtomicReference<Idle> idle = new AtomicReference<>();

    HttpTransport(IngestionSettings settings, Watchdog watchdog) {
        this.settings = settings;
        this.watchdog = watchdog;
        this.dialer = new Dialer(settings);
    }

    /** Sends a body with these headers, and reads the answer. */
    Answer post(URI uri, Map<String, String> headers, byte[] body, Attempt attempt) throws IOException, HttpException {
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
            Answering answering = new Answering(connection, request, response);
            Answer answer = answering.read();
            reusable = answering.reusable;
            if (reusable) {
                attempt.end(); // before another request, or the watchdog, may have the connection
                keep(connection, response);
            }
            return answer;
        } finally {
            if (!reusable) {
                connection.abort();
            }
        }
    }

    private ClassicHttpRequest request(Route route, URI uri, Map<String, String> headers, byte[] body) {
        String path = uri.getRawPath() + "?" + uri.getRawQuery();
        boolean toProxy = route.kind() == Route.Kind.HTTP_PROXY && !Route.isSecure(uri);
        // The target as it is written here: a proxy wants the whole URL.
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

    /** The connection of the last request, if it leads where this one goes, and is still good. */
    @Nullable
    private WireConnection takeIdle(Route route, Attempt attempt) throws IOException {
        Idle last = idle.getAndSet(null);
        if (last == null) {
            return null;
        }
        watchdog.forget(last);
        attempt.uses(last.connection.socket());
        if (!last.connection.route().equals(route) || last.connection.isUnusable()) {
            last.connection.closeIdle();
            return null;
        }
        return last.connection;
    }

    private void keep(WireConnection connection, ClassicHttpResponse response) {
        Duration longest = idleTime(response);
        if (longest.isZero()) {
            connection.closeIdle();
            return;
        }
        Idle last = new Idle(connection);
        idle.set(last);
        if (!watchdog.watch(last, System.nanoTime() + longest.toNanos())) {
            close(); // nobody would close it
        }
    }

    /** A little less than the server says, so that it is not the server who closes. */
    private static Duration idleTime(ClassicHttpResponse response) {
        Header header = response.getFirstHeader("Keep-Alive");
        Matcher timeout = IDLE_TIMEOUT.matcher(header == null ? "" : header.getValue());
        if (!timeout.find()) {
            return LONGEST_IDLE;
        }
        Duration said = Duration.ofSeconds(Math.max(0, Long.parseLong(timeout.group(1)) - 1));
        return said.compareTo(LONGEST_IDLE) < 0 ? said : LONGEST_IDLE;
    }

    /** Closes the connection, unless a request is using it. */
    void close() {
        Idle last = idle.getAndSet(null);
        if (last != null) {
            watchdog.forget(last);
            last.connection.closeIdle();
        }
    }

    /** A connection that waits for the next request, and is closed if there is none for a while. */
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

    /** The head of an answer was read: whatever becomes of its body, the status stands, except that of a 207. */
    private static final class Answering {

        private final WireConnection connection;
        private final ClassicHttpRequest request;
        private final ClassicHttpResponse response;
        private boolean reusable;

        Answering(WireConnection connection, ClassicHttpRequest request, ClassicHttpResponse response) {
            this.connection = connection;
            this.request = request;
            this.response = response;
        }

        Answer read() throws IOException, HttpException {
            boolean needed = response.getCode() == Answer.MULTI_STATUS;
            byte[] body = NOTHING;
            try {
                body = body(needed ? LARGEST_STATUSES : LARGEST_IGNORED);
            } catch (WireConnection.AnswerTooLargeException e) {
                // Nobody needs the rest, and the connection is not used again.
            } catch (Throwable e) {
                // An Error as well: a thread or memory that is short must not make what was taken be sent again.
                if (needed) {
                    throw e;
                }
            }
            return new Answer(response.getCode(), value("Retry-After"), value("Date"), needed ? body : NOTHING);
        }

        private byte[] body(int most) throws IOException, HttpException {
            if (response.getCode() < 200) {
                return NOTHING; // another protocol follows
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
                        throw new WireConnection.AnswerTooLargeException();
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
