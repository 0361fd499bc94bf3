package io.github.dropwizardlogdna.line;

import static io.github.dropwizardlogdna.line.JsonBuffer.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import jakarta.annotation.Nullable;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;

/**
 * Makes the bytes of an event's line or lines.
 *
 * <p>Each wire line is a complete JSON object followed by a comma and a newline, and there is no other newline among
 * the bytes. For an ordinary event nothing is allocated but what Logback allocates.
 *
 * <p>For one thread at a time, and not from within itself: what an event's {@code toString} logs needs another encoder.
 * The caller copies the bytes before the next call; of the event itself nothing is kept.
 *
 * @param <E> {@code ILoggingEvent} or {@code IAccessEvent}
 */
public final class LineEncoder<E extends DeferredProcessingAware> {

    private static final byte[] BYTES_CUT_START = " … [".getBytes(UTF_8);
    private static final byte[] BYTES_CUT_END = ascii(" bytes cut]");

    private static final int SERVER_ERROR = 500;

    private final LineFormat<E> format;
    private final Envelope envelope;
    private final JsonBuffer wire = new JsonBuffer();
    /** How the lines of one millisecond begin. */
    private final JsonBuffer head = new JsonBuffer();

    private long headTimestamp;
    /** Where meta is built that ships as a string. */
    private final JsonBuffer quotedMeta = new JsonBuffer();

    /** The names of loggers and threads, which are values, as JSON. */
    private final Recurring<byte[]> names = new Recurring<>(this::json);
    /** Where these are made, before they are kept. */
    private final JsonBuffer nameBuffer = new JsonBuffer();

    @Nullable
    private String lastThread;

    @Nullable
    private Object lastThreadJson;

    private final Fields fields = new Fields();
    private final MarkerNames markers = new MarkerNames();
    private final MetaWriter metaWriter = new MetaWriter(fields, markers.names());
    private final EventBudget budget;
    private final ProgramFields programFields;
    private final StackTraces stackTraces = new StackTraces();
    private final Cuts cuts;
    private boolean fellBack;

    /** Why the last event fell back, if a class or a method is missing: no other event of its kind will fare better. */
    @Nullable
    private LinkageError linkageError;

    /** Made once, because a map is iterated without garbage only so. */
    private final BiConsumer<FieldName, Object> putFixed = fields::put;

    private final BiConsumer<FieldName, Object> putFixedUnlessOwn = this::putFixedUnlessOwn;

    public LineEncoder(LineFormat<E> format) {
        this(format, new Envelope(format));
    }

    private LineEncoder(LineFormat<E> format, Envelope envelope) {
        this.format = format;
        this.envelope = envelope;
        this.cuts = new Cuts(!format.parseJson());
        Redaction redaction = format.redaction();
        this.budget = new EventBudget(redaction == null ? 0 : redaction.workOfAnEvent());
        this.programFields = new ProgramFields(format, fields, budget);
    }

    /** Another encoder of the same format, which shares what does not change. */
    public LineEncoder<E> sibling() {
        return new LineEncoder<>(format, envelope);
    }

    /**
     * Encodes an event and returns the number of wire lines: 1, or the number of parts of a long one.
     *
     * <p>When anything of the event can't be had, it is encoded as its bare message, and {@link #fellBack} says so.
     * Throws only when not even that can be had, or the stack ends; this encoder must not be used again then.
     */
    public int encode(E event) {
        wire.clear();
        budget.renew();
        fellBack = false;
        linkageError = null;
        try {
            return encodeWhole(event);
        } catch (Throwable e) {
            // Whatever it was, the application must not notice, and a bare line says more than none. It is not kept:
            // the message of what was thrown may hold what was logged.
            fellBack = true;
            linkageError = e instanceof LinkageError linkage ? linkage : null;
            wire.clear();
            head.clear(); // may have ended in the middle
            fields.clear();
            return encodeBare(event);
        } finally {
            fields.clear();
            markers.clear();
            programFields.clear();
        }
    }

    /** The wire lines of the last event, up to {@link #length()}; overwritten by the next. */
    public byte[] buffer() {
        return wire.bytes();
    }

    public int length() {
        return wire.length();
    }

    /** Whether the last event was encoded as its bare message, because something in it failed. */
    public boolean fellBack() {
        return fellBack;
    }

    /**
     * The error that made the last event fall back, if it is one of linking: it names a class or a method, and holds
     * nothing of what was logged. Null for any other reason.
     */
    @Nullable
    public LinkageError linkageError() {
        return linkageError;
    }

    /** Forgets the bytes of the last event, and gives back what a huge one took. For an encoder that goes idle. */
    public void clear() {
        wire.clear();
        quotedMeta.clear();
    }

    private int encodeWhole(E event) {
        String text = redacted(text(event));
        if (!Cuts.isOversize(text)) {
            cuts.none(text);
        } else if (format.oversizeLines() == OversizeLines.TRUNCATE || isJson(text)) {
            cuts.truncate(text);
        } else {
            cuts.split(text);
        }
        if (event instanceof ILoggingEvent logging) {
            int repeated = collect(logging);
            return write(logging.getTimeStamp(), logging.getLevel(), text, repeated);
        }
        IAccessEvent access = (IAccessEvent) event;
        int repeated = collect(access);
        return write(access.getTimeStamp(), level(access), text, repeated);
    }

    /** Nothing here calls what the program wrote, except for the getters of a home-made event. */
    private int encodeBare(E event) {
        if (event instanceof ILoggingEvent logging) {
            String text = redacted(Values.text(logging.getMessage()));
            cutBare(text);
            fields.own(FieldName.LOGGER, name(logging.getLoggerName()));
            return write(logging.getTimeStamp(), logging.getLevel(), text, fields.size());
        }
        IAccessEvent access = (IAccessEvent) event;
        String text = redacted(LineText.of(access));
        cutBare(text);
        return write(access.getTimeStamp(), level(access), text, fields.size());
    }

    private void cutBare(String text) {
        if (Cuts.isOversize(text)) {
            cuts.truncate(text);
        } else {
            cuts.none(text);
        }
    }

    private String text(E event) {
        Layout<E> layout = format.layout();
        if (layout != null) {
            return LineText.withoutTrailingLineBreaks(Values.text(layout.doLayout(event)));
        }
        return event instanceof ILoggingEvent logging ? text(logging) : LineText.of((IAccessEvent) event);
    }

    /** The message, and the stack trace where there is one. */
    private String text(ILoggingEvent event) {
        String message = Values.text(event.getFormattedMessage());
        IThrowableProxy throwable = event.getThrowableProxy();
        return throwable == null ? message : stackTraces.behind(message, throwable);
    }

    /** Whether a layout printed JSON, whose parts would be none. */
    private boolean isJson(String text) {
        return format.layout() != null && LineText.endsInBrace(text, 0, text.length());
    }

    /** Fills the fields, and returns how many of them are repeated in each part. */
    private int collect(ILoggingEvent event) {
        collectParts();
        fields.own(FieldName.LOGGER, name(event.getLoggerName()));
        fields.own(FieldName.THREAD, thread(event.getThreadName()));
        int repeated = fields.size();

        List<Marker> eventMarkers = event.getMarkerList();
        if (eventMarkers != null && !eventMarkers.isEmpty()) {
            markers.collect(eventMarkers, budget, format.redaction() == null ? null : this::redacted);
            fields.own(FieldName.MARKERS, markers.names());
        }
        fields.own(FieldName.EXCEPTION, thrown(event.getThrowableProxy()));
        if (format.includeCallerData()) {
            fields.own(FieldName.CALLER, caller(event.getCallerData()));
        }

        envelope.forEachFixed(putFixed);
        Map<String, String> mdc = event.getMDCPropertyMap();
        if (mdc != null && !mdc.isEmpty()) {
            programFields.collectMdc(mdc);
        }
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            programFields.collectPairs(pairs);
        }
        return repeated;
    }

    private int collect(IAccessEvent event) {
        collectParts();
        fields.own(FieldName.METHOD, present(event.getMethod()));
        String uri = event.getRequestURI();
        fields.own(FieldName.URI, uri == null ? null : present(LineText.withoutQuery(uri)));
        int repeated = fields.size();

        fields.own(FieldName.STATUS, present(event.getStatusCode()));
        fields.own(FieldName.BYTES, present(event.getContentLength()));
        fields.own(FieldName.ELAPSED_MS, present(event.getElapsedTime()));
        fields.own(FieldName.REMOTE_ADDRESS, present(event.getRemoteAddr()));
        fields.own(FieldName.USER_AGENT, present(event.getRequestHeader("User-Agent")));
        fields.own(FieldName.PROTOCOL, present(event.getProtocol()));
        envelope.forEachFixed(putFixedUnlessOwn);
        return repeated;
    }

    private void collectParts() {
        if (cuts.parts() > 1) {
            fields.ownParts(cuts.parts());
        }
    }

    private void putFixedUnlessOwn(FieldName name, Object value) {
        if (!fields.hasOwn(name)) {
            fields.put(name, value);
        }
    }

    @Nullable
    private StackTraceElement caller(@Nullable StackTraceElement[] callerData) {
        if (callerData == null || callerData.length == 0 || callerData[0] == null) {
            return null;
        }
        // What Logback calls a caller it does not know.
        return callerData[0].getClassName().equals("?") ? null : redacted(callerData[0]);
    }

    /** Null for a virtual thread without a name. A thread has the same name for as long as it serves a request. */
    @Nullable
    private Object thread(@Nullable String name) {
        if (name == null) {
            return null;
        }
        if (!isSame(name, lastThread)) {
            int end = ThreadNames.end(name);
            lastThreadJson = end == 0 ? null : name(name, end);
            lastThread = name;
        }
        return lastThreadJson;
    }

    @SuppressWarnings("ReferenceEquality") // what matters is speed: an equal one is looked up
    private static boolean isSame(String a, @Nullable String b) {
        return a == b;
    }

    @Nullable
    private Object name(@Nullable String name) {
        return name == null ? null : name(name, name.length());
    }

    /** As bytes, if it is short enough to be kept. */
    private Object name(String name, int end) {
        return end <= Recurring.MAX_CHARS ? names.of(name, end) : redacted(name.substring(0, end));
    }

    private byte[] json(String text) {
        nameBuffer.clear();
        // Not from the budget of the event: what is made of it is kept for others.
        nameBuffer.string(format.redaction() == null ? text : format.redaction().redacted(text));
        return nameBuffer.copy();
    }

    private String redacted(String text) {
        Redaction redaction = format.redaction();
        return redaction == null ? text : redaction.redacted(text, budget);
    }

    private StackTraceElement redacted(StackTraceElement caller) {
        if (format.redaction() == null) {
            return caller;
        }
        String file = caller.getFileName();
        return new StackTraceElement(
                redacted(caller.getClassName()),
                redacted(caller.getMethodName()),
                file == null ? null : redacted(file),
                caller.getLineNumber());
    }

    @Nullable
    private Thrown thrown(@Nullable IThrowableProxy throwable) {
        if (throwable == null) {
            return null;
        }
        String message = throwable.getMessage();
        return new Thrown(
                redacted(Values.text(throwable.getClassName())),
                message == null ? null : redacted(Values.text(message)));
    }

    /** The text, unless it is missing, for which logback-access also has a dash. */
    @Nullable
    private String present(@Nullable String text) {
        return text == null || text.equals(IAccessEvent.NA) ? null : redacted(Values.text(text));
    }

    @Nullable
    private static Long present(long number) {
        return number < 0 ? null : number;
    }

    private static Level level(IAccessEvent event) {
        return event.getStatusCode() >= SERVER_ERROR ? Level.WARN : Level.INFO;
    }

    private int write(long timestamp, @Nullable Level level, String text, int repeated) {
        int parts = cuts.parts();
        for (int part = 0; part < parts; part++) {
            if (part > 0) {
                fields.part(part + 1, repeated);
            }
            writeHead(timestamp);
            int start = cuts.start(part);
            int end = cuts.end(part);
            wire.text(text, start, end);
            if (part == parts - 1 && cuts.missingBytes() > 0) {
                wire.raw(BYTES_CUT_START);
                wire.number(cuts.missingBytes());
                wire.raw(BYTES_CUT_END);
            } else if (!format.parseJson() && LineText.endsInBrace(text, start, end)) {
                // The vendor's documentation suggests a period to keep a line from being parsed.
                wire.raw('.');
            }
            wire.raw(envelope.afterText(level));
            writeMeta();
            wire.raw(envelope.end);
        }
        return parts;
    }

    /** Up to the text. The events of a millisecond begin alike. */
    private void writeHead(long timestamp) {
        if (timestamp != headTimestamp || head.length() == 0) {
            head.clear();
            head.raw(envelope.start);
            head.number(timestamp);
            head.raw(envelope.line);
            headTimestamp = timestamp;
        }
        wire.raw(head.bytes(), head.length());
    }

    private void writeMeta() {
        if (format.indexMeta()) {
            metaWriter.write(wire);
        } else {
            quotedMeta.clear();
            metaWriter.write(quotedMeta);
            wire.quoted(quotedMeta);
        }
    }
}
