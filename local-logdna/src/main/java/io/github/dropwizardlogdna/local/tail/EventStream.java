package io.github.dropwizardlogdna.local.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.dropwizardlogdna.local.tail.TailLog.Excerpt;
import io.github.dropwizardlogdna.local.tail.TailLog.Received;
import jakarta.annotation.Nullable;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * What one browser is sent, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * <p>It holds no lines, only the number of the last one written, and reads on in the log when the last write is through;
 * so a browser that doesn't read costs one write's bytes, and is told how many lines it missed. No thread waits for it:
 * Jetty calls back, and the connection's idle timeout ends a write that gets nowhere.
 *
 * <p>{@link #wake} and {@link #beat} may be called by any thread. All else happens in {@link #process}, which
 * {@link IteratingCallback} runs in one thread at a time.
 */
final class EventStream extends IteratingCallback {

    /** The most bytes of lines in an event: much for a network, little for a browser to parse at once. */
    static final int MAX_EVENT_BYTES = 256 * 1024;

    /** Tells the browser to connect again a second after the connection was lost. */
    private static final String RETRY = "retry: 1000\n\n";

    /** A comment, which the browser ignores. It keeps the connection, and finds out that the other end is gone. */
    private static final String HEARTBEAT = ":\n\n";

    private final TailLog log;
    private final String epoch;
    private final Response response;
    private final Callback callback;
    private final Executor executor;
    private final Consumer<EventStream> whenGone;
    private final AtomicBoolean wakeIsDue = new AtomicBoolean();
    private final AtomicBoolean beatIsDue = new AtomicBoolean();

    private long position;

    /** What the last event said; null before the first. */
    @Nullable
    private Received told;

    EventStream(
            TailLog log,
            EventId after,
            Response response,
            Callback callback,
            Executor executor,
            Consumer<EventStream> whenGone) {
        this.log = log;
        this.epoch = after.epoch();
        this.position = after.number();
        this.response = response;
        this.callback = callback;
        this.executor = executor;
        this.whenGone = whenGone;
    }

    /** There is more in the log. Returns at once: the caller may be answering a sender. */
    void wake() {
        if (wakeIsDue.compareAndSet(false, true)) {
            executor.execute(this::iterate);
        }
    }

    /** Writes a heartbeat, if nothing else is being written. */
    void beat() {
        beatIsDue.set(true);
        wake();
    }

    @Override
    protected Action process() {
        // Before the log is read: what is appended from here on wakes again.
        wakeIsDue.set(false);
        Excerpt excerpt = log.after(position, MAX_EVENT_BYTES);
        boolean first = told == null;
        if (!excerpt.received().equals(told) || !excerpt.lines().isEmpty() || excerpt.skipped() > 0) {
            beatIsDue.set(false);
            position = excerpt.last();
            told = excerpt.received();
            response.write(false, event(excerpt, first), this);
            return Action.SCHEDULED;
        }
        if (beatIsDue.getAndSet(false)) {
            response.write(false, ByteBuffer.wrap(HEARTBEAT.getBytes(UTF_8)), this);
            return Action.SCHEDULED;
        }
        return Action.IDLE;
    }

    private ByteBuffer event(Excerpt excerpt, boolean first) {
        Received received = excerpt.received();
        // JSON holds no line break of its own, so that one "data:" takes it all.
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

    @Override
    protected void onCompleteFailure(Throwable cause) {
        whenGone.accept(this);
        callback.failed(cause);
    }
}
