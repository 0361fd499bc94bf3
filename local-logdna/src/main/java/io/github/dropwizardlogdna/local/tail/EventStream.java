package io.github.dropwizardlogdna.local.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dropwizardlogdna.local.http.EventSource;
import io.github.dropwizardlogdna.local.tail.TailLog.Excerpt;
import io.github.dropwizardlogdna.local.tail.TailLog.Received;
import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The server-sent events for one browser (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * <p>It holds only the number of the last line written, and reads the following lines from the log when the browser has
 * received the previous event. So a browser that doesn't read costs the bytes of one event, and later gets the number of
 * lines that it missed. Used by the server's thread only.
 */
final class EventStream implements EventSource {

    /** The most bytes of lines in an event: enough for a network, and quick for a browser to parse. */
    static final int MAX_EVENT_BYTES = 256 * 1024;

    /** Makes the browser reconnect a second after the connection is lost. */
    private static final String RETRY = "retry: 1000\n\n";

    /** A comment, which the browser ignores. It keeps the connection open and detects a lost one. */
    private static final String HEARTBEAT = ":\n\n";

    private final TailLog log;
    private final String epoch;
    private final Runnable whenGone;

    private long position;

    /** The counts of the last event; null before the first. */
    @Nullable
    private Received sent;

    EventStream(TailLog log, EventId after, Runnable whenGone) {
        this.log = log;
        this.epoch = after.epoch();
        this.position = after.number();
        this.whenGone = whenGone;
    }

    @Override
    @Nullable
    public ByteBuffer next() {
        Excerpt excerpt = log.after(position, MAX_EVENT_BYTES);
        if (excerpt.received().equals(sent) && excerpt.lines().isEmpty() && excerpt.skipped() == 0) {
            return null;
        }
        boolean first = sent == null;
        position = excerpt.last();
        sent = excerpt.received();
        return event(excerpt, first);
    }

    @Override
    public ByteBuffer heartbeat() {
        return ByteBuffer.wrap(HEARTBEAT.getBytes(UTF_8));
    }

    @Override
    public void closed() {
        whenGone.run();
    }

    private ByteBuffer event(Excerpt excerpt, boolean first) {
        Received received = excerpt.received();
        // The JSON has no line breaks, so one "data:" is enough.
        String head = (first ? RETRY : "") + "id: " + new EventId(epoch, excerpt.last()) + "\nevent: lines\ndata: "
                + "{\"epoch\":\"" + epoch + "\",\"skipped\":" + excerpt.skipped() + ",\"received\":{\"lines\":"
                + received.lines() + ",\"batches\":" + received.batches() + ",\"wireBytes\":" + received.wireBytes()
                + ",\"jsonBytes\":" + received.jsonBytes() + "},\"lines\":[";
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(head.getBytes(UTF_8));
        List<byte[]> lines = excerpt.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (i > 0) {
                event.write(',');
            }
            event.writeBytes(lines.get(i));
        }
        event.writeBytes("]}\n\n".getBytes(UTF_8));
        return ByteBuffer.wrap(event.toByteArray());
    }
}
