package io.github.dropwizardlogdna.local.tail;

import io.github.dropwizardlogdna.local.http.Plan;
import io.github.dropwizardlogdna.local.http.Query;
import io.github.dropwizardlogdna.local.http.RequestHead;
import io.github.dropwizardlogdna.local.http.Response;
import jakarta.annotation.Nullable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves the page at {@code /}, and sends each open page the held entries, oldest first, and then the new ones. Any thread
 * may publish; requests are handled by the server's thread.
 */
public final class LiveTail {

    public static final String EVENTS = "/tail/events";

    /** A page holds as many (lines.js). */
    public static final int MAX_LINES = 50_000;

    static final long MAX_BYTES = 32L * 1024 * 1024;

    /** More than a person opens, and few enough not to exhaust the process. */
    static final int MAX_STREAMS = 32;

    /** No foreign or inline scripts, no frames: even a line that was interpreted as HTML could do nothing. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> PROTECTION = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin");

    private final Map<String, PageFile> files = PageFile.byPath();
    private final AtomicInteger streams = new AtomicInteger();
    private final String epoch = UUID.randomUUID().toString();
    private final TailLog log;

    /**
     * @param maxLines the number of lines, the newest, that a new page receives; their bytes are limited, too
     */
    public LiveTail(int maxLines) {
        this(new TailLog(maxLines, Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / 8)));
    }

    LiveTail(TailLog log) {
        this.log = log;
    }

    /**
     * Adds the lines of one batch. Does not block.
     *
     * @param lines each a JSON object, without line breaks, as lines.js reads it
     * @param wireBytes the size of the batch on the wire
     * @param jsonBytes the size of the batch uncompressed
     */
    public void publish(List<byte[]> lines, int wireBytes, int jsonBytes) {
        log.append(lines, wireBytes, jsonBytes);
    }

    /** Adds an entry that does not count as a line. */
    public void publishRemark(byte[] remark) {
        log.appendRemark(remark);
    }

    /** Decides about a request; null if it is not for the tail. */
    @Nullable
    public Plan begin(RequestHead head) {
        boolean get = head.method().equals("GET");
        if (get && head.path().equals(EVENTS)) {
            return stream(head);
        }
        PageFile file = files.get(head.path());
        if (file != null && (get || head.method().equals("HEAD"))) {
            return new Plan.Answer(protectedResponse(200, file.contentType(), file.content()));
        }
        return null;
    }

    private Plan stream(RequestHead head) {
        if (streams.get() >= MAX_STREAMS) {
            return new Plan.Answer(Response.of(503, "text/plain; charset=utf-8", "Too many pages are open.\n"));
        }
        // The browser itself sends the header after a lost connection; tail.js sends the parameter with a new one.
        String lastEventId = head.header("Last-Event-ID");
        String after = lastEventId == null ? Query.parse(head.query()).first("after") : lastEventId;
        streams.incrementAndGet();
        return new Plan.Stream(
                protectedResponse(200, "text/event-stream", new byte[0]),
                new EventStream(log, EventId.of(after, epoch), streams::decrementAndGet));
    }

    private static Response protectedResponse(int status, String contentType, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>(PROTECTION);
        headers.put("Content-Type", contentType);
        return new Response(status, headers, body);
    }

    /** The number of connected browsers, as far as known. */
    int streams() {
        return streams.get();
    }
}
