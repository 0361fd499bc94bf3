package io.github.dropwizardlogdna.benchmarks;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.Deflater;

/**
 * Does only what no shipper can avoid: gets the message and the MDC, encodes them with one reused Jackson generator, and
 * deflates the result at level 1 in pieces of 64 KiB. One thread only.
 */
final class FloorAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** The last thing that is done with a line. */
    enum Stage {
        FORMAT,
        ENCODE,
        DEFLATE
    }

    private static final int PIECE = 1 << 16;

    private final Stage last;
    private final Piece piece = new Piece();
    private final JsonGenerator json;
    private final Deflater deflater = new Deflater(1, true);
    private final byte[] deflated = new byte[PIECE];
    private long encodedBytes;
    private long deflatedBytes;
    private long characters;

    FloorAppender(Stage last) {
        this.last = last;
        try {
            json = new JsonFactory().createGenerator(piece);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // into memory
        }
        json.setPrettyPrinter(new MinimalPrettyPrinter(",\n"));
    }

    @Override
    protected void append(ILoggingEvent event) {
        try {
            String message = event.getFormattedMessage();
            Map<String, String> mdc = event.getMDCPropertyMap();
            characters += message.length() + mdc.size();
            if (last != Stage.FORMAT) {
                encode(event, message, mdc);
                if (piece.size() >= PIECE) {
                    drain();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void encode(ILoggingEvent event, String message, Map<String, String> mdc) throws IOException {
        json.writeStartObject();
        json.writeNumberField("timestamp", event.getTimeStamp());
        json.writeStringField(
                "line",
                event.getThrowableProxy() == null
                        ? message
                        : message + "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        json.writeStringField("level", event.getLevel().toString());
        json.writeStringField("app", "orders");
        json.writeObjectFieldStart("meta");
        json.writeStringField("logger", event.getLoggerName());
        json.writeStringField("thread", event.getThreadName());
        for (Map.Entry<String, String> entry : mdc.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void drain() throws IOException {
        json.flush();
        encodedBytes += piece.size();
        if (last == Stage.DEFLATE) {
            deflater.setInput(piece.bytes(), 0, piece.size());
            while (!deflater.needsInput()) {
                deflatedBytes += deflater.deflate(deflated);
            }
        }
        piece.reset();
    }

    long encodedBytes() {
        return encodedBytes;
    }

    long deflatedBytes() {
        return deflatedBytes;
    }

    long characters() {
        return characters;
    }

    /** Gives access to its bytes without a copy. */
    private static final class Piece extends ByteArrayOutputStream {

        Piece() {
            super(2 * PIECE);
        }

        byte[] bytes() {
            return buf;
        }
    }
}
