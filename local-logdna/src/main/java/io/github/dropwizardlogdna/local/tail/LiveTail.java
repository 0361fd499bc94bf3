package io.github.dropwizardlogdna.local.tail;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Serves the page at {@code /}, and to each page that is open the lines that are published, the last ones first. Leaves
 * other requests to the next handler. Any number of threads may publish.
 */
public final class LiveTail extends Handler.Abstract.NonBlocking {

    static final String EVENTS = "/tail/events";

    /** What a page keeps, too (see lines.js). */
    static final int MAX_LINES = 50_000;

    static final long MAX_BYTES = 32L * 1024 * 1024;

    /** More than anybody has open; few enough that they can't exhaust the process. */
    static final int MAX_STREAMS = 32;

    /** Well within the 30 seconds after which Jetty ends an idle connection. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /** Nothing from elsewhere, nothing inline, in nobody's frame: were a line ever taken for HTML, it could do nothing. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, PageFile> files = PageFile.byPath();
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final String epoch = UUID.randomUUID().toString();
    private final TailLog log;
    private final LocalHosts hosts;
    private final Duration heartbeat;

    /**
     * @param otherHosts the names, beside localhost, under which a browser may ask
     */
    public LiveTail(Set<String> otherHosts) {
        this(otherHosts, new TailLog(MAX_LINES, MAX_BYTES), HEARTBEAT);
    }

    LiveTail(Set<String> otherHosts, TailLog log, Duration heartbeat) {
        this.hosts = new LocalHosts(otherHosts);
        this.log = log;
        this.heartbeat = heartbeat;
    }

    /**
     * Shows the lines of one batch. Returns at once, however many pages are open and however slow they are.
     *
     * @param lines each a JSON object, without line breaks, as lines.js reads it
     * @param wireBytes what the batch weighed on its way
     * @param jsonBytes what it weighs uncompressed
     */
    public void publish(List<byte[]> lines, int wireBytes, int jsonBytes) {
        log.append(lines, wireBytes, jsonBytes);
        streams.forEach(EventStream::wake);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        beatLater();
    }

    private void beatLater() {
        getServer()
                .getScheduler()
                .schedule(
                        () -> {
                            streams.forEach(EventStream::beat);
                            beatLater();
                        },
                        heartbeat.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        PageFile file = files.get(path);
        boolean get = HttpMethod.GET.is(request.getMethod());
        if (!(get && path.equals(EVENTS)) && !((get || HttpMethod.HEAD.is(request.getMethod())) && file != null)) {
            return false;
        }
        protect(response.getHeaders());
        if (!hosts.contain(Request.getServerName(request))) {
            refuse(
                    response,
                    callback,
                    HttpStatus.FORBIDDEN_403,
                    "What was logged is shown under names of this machine only: open this page at localhost.\n");
        } else if (file != null) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, file.contentType());
            response.write(true, file.content(), callback);
        } else {
            stream(request, response, callback);
        }
        return true;
    }

    private void stream(Request request, Response response, Callback callback) {
        if (streams.size() >= MAX_STREAMS) {
            refuse(response, callback, HttpStatus.SERVICE_UNAVAILABLE_503, "Too many pages are open.\n");
            return;
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
        // The header is the browser's own, on a connection that was lost; the parameter is tail.js's, on a new one.
        String lastEventId = request.getHeaders().get("Last-Event-ID");
        String after =
                lastEventId == null ? Request.extractQueryParameters(request).getValue("after") : lastEventId;
        EventStream stream = new EventStream(
                log, EventId.of(after, epoch), response, callback, getServer().getThreadPool(), streams::remove);
        streams.add(stream);
        stream.wake();
    }

    /** The browsers that are connected, as far as is known. */
    int streams() {
        return streams.size();
    }

    private static void protect(HttpFields.Mutable headers) {
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
    }

    private static void refuse(Response response, Callback callback, int status, String reason) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        Content.Sink.write(response, true, reason, callback);
    }
}
