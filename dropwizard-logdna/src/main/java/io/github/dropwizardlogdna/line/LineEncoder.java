package io.github.dropwizardlogdna.line;

import static io.github.dropwizardlogdna.line.JsonBuffer.ascii;
import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import jakarta.annotation.Nullable;

/**
 * Encodes an event as the bytes of its wire line or lines.
 *
 * <p>Each wire line is a complete JSON object followed by a comma and a newline, and there is no other newline among
 * the bytes. For an ordinary event nothing is allocated but what Logback allocates.
 *
 * <p>For one thread at a time, and not reentrant: an event whose {@code toString} logs needs another encoder. The caller
 * copies the bytes before the next call. Nothing of the event is kept.
 *
 * @param <E> {@code ILoggingEvent} or {@code IAccessEvent}
 */
public final class LineEncoder<E extends DeferredProcessingAware> {

    private static final byte[] BYTES_CUT_START = " … [".getBytes(UTF_8);
    private static final byte[] BYTES_CUT_END = ascii(" bytes cut]");

    private final LineFormat<E> format;
    private final LineTemplate template;
    private final EventBudget budget;
    private final EventRedactor redactor;
    private final StackTraces stackTraces = new StackTraces();
    private final LineSplitter splitter;

    private final Fields fields = new Fields();
    private final MarkerNames markers = new MarkerNames();
    private final OwnFields ownFields;
    private final ProgramFields programFields;
    private final MetaWriter metaWriter = new MetaWriter(fields, markers.names());

    private final JsonBuffer wire = new JsonBuffer();
    /** The beginning of a line, which is the same for all events of a millisecond. */
    private final JsonBuffer head = new JsonBuffer();

    private long headTimestamp;
    /** Holds meta that ships as a string. */
    private final JsonBuffer quotedMeta = new JsonBuffer();

    private boolean fellBack;

    @Nullable
    private LinkageError linkageError;

    public LineEncoder(LineFormat<E> format) {
        this(format, new LineTemplate(format));
    }

    private LineEncoder(LineFormat<E> format, LineTemplate template) {
        this.format = format;
        this.template = template;
        this.splitter = new LineSplitter(!format.parseJson());
        Redaction redaction = format.redaction();
        this.budget = new EventBudget(redaction == null ? 0 : redaction.workOfAnEvent());
        this.redactor = new EventRedactor(redaction, budget);
        this.ownFields = new OwnFields(format, fields, markers, budget, redactor);
        this.programFields = new ProgramFields(format, template, fields, budget, redactor);
    }

    /** Another encoder of the same format, which shares its immutable parts. */
    public LineEncoder<E> sibling() {
        return new LineEncoder<>(format, template);
    }

    /**
     * Encodes an event and returns the number of wire lines: 1, or the number of parts of a long one.
     *
     * <p>If anything in the event fails, it is encoded as its bare message, and {@link #fellBack} returns true. Throws
     * only if that fails, too, or the stack overflows; this encoder must not be used again then.
     */
    public int encode(E event) {
        wire.clear();
        budget.reset();
        fellBack = false;
        linkageError = null;
        EventReader<E> reader = EventReader.of(event);
        try {
            return encodeWhole(reader, event);
        } catch (Throwable e) {
            // Whatever was thrown, the application must not notice, and a bare line is better than none.
            // The throwable is not kept, because its message may hold what was logged.
            fellBack = true;
            linkageError = e instanceof LinkageError linkage ? linkage : null;
            wire.clear();
            head.clear(); // may be half written
            fields.clear();
            return encodeBare(reader, event);
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
     * The error that made the last event fall back, if it is one of linking: then all events of its kind will. It names a
     * class or a method and holds nothing of what was logged. Null for any other reason.
     */
    @Nullable
    public LinkageError linkageError() {
        return linkageError;
    }

    /** Forgets the bytes of the last event, and frees what a huge one took. Call it when the encoder goes idle. */
    public void clear() {
        wire.clear();
        quotedMeta.clear();
    }

    private int encodeWhole(EventReader<E> reader, E event) {
        String text = redactor.redacted(text(reader, event));
        if (!LineSplitter.isOversize(text)) {
            splitter.keepWhole(text);
        } else if (format.oversizeLines() == OversizeLines.TRUNCATE || isJson(text)) {
            splitter.truncate(text);
        } else {
            splitter.split(text);
            fields.putPartNumbers(splitter.parts());
        }
        reader.collect(event, ownFields, programFields);
        return write(reader.timestamp(event), reader.level(event), text);
    }

    private int encodeBare(EventReader<E> reader, E event) {
        String text = redactor.redacted(reader.bareText(event));
        if (LineSplitter.isOversize(text)) {
            splitter.truncate(text);
        } else {
            splitter.keepWhole(text);
        }
        reader.collectBare(event, ownFields);
        return write(reader.timestamp(event), reader.level(event), text);
    }

    private String text(EventReader<E> reader, E event) {
        Layout<E> layout = format.layout();
        return layout == null
                ? reader.text(event, stackTraces)
                : LineText.withoutTrailingLineBreaks(FieldValues.text(layout.doLayout(event)));
    }

    /** Whether a layout printed JSON, which must not be split: its parts would not be JSON. */
    private boolean isJson(String text) {
        return format.layout() != null && LineText.endsInBrace(text, 0, text.length());
    }

    private int write(long timestamp, @Nullable Level level, String text) {
        int parts = splitter.parts();
        for (int part = 0; part < parts; part++) {
            if (part > 0) {
                fields.startPart(part + 1);
            }
            writeHead(timestamp);
            int start = splitter.start(part);
            int end = splitter.end(part);
            wire.text(text, start, end);
            if (part == parts - 1 && splitter.missingBytes() > 0) {
                wire.raw(BYTES_CUT_START);
                wire.number(splitter.missingBytes());
                wire.raw(BYTES_CUT_END);
            } else if (!format.parseJson() && LineText.endsInBrace(text, start, end)) {
                // The vendor's documentation suggests a period to keep a line from being parsed.
                wire.raw('.');
            }
            wire.raw(template.afterText(level));
            writeMeta();
            wire.raw(LineTemplate.END);
        }
        return parts;
    }

    private void writeHead(long timestamp) {
        if (timestamp != headTimestamp || head.length() == 0) {
            head.clear();
            head.raw(LineTemplate.START);
            head.number(timestamp);
            head.raw(LineTemplate.BEFORE_TEXT);
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
