package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Pattern;

/** Extracts a body from its framing: a length, or chunks (RFC 9112, sections 6 and 7). */
final class BodyDecoder {

    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9a-fA-F]{1,8}");

    /** The limit for chunk sizes, extensions and trailers between two bytes of the body. */
    private static final int MAX_FRAMING_BYTES = 8_192;

    private enum State {
        SIZE,
        DATA,
        END_OF_DATA,
        TRAILERS,
        DONE
    }

    private final boolean chunked;
    private final StringBuilder line = new StringBuilder();
    private State state;
    private int framingBytes;

    /** The bytes left in the body, or in the chunk. */
    private long remaining;

    private BodyDecoder(boolean chunked, long length) {
        this.chunked = chunked;
        this.remaining = length;
        this.state = chunked ? State.SIZE : length == 0 ? State.DONE : State.DATA;
    }

    static BodyDecoder of(RequestHead head) throws MalformedRequestException {
        List<String> encodings = head.headers("Transfer-Encoding");
        List<String> lengths = head.headers("Content-Length");
        if (!encodings.isEmpty()) {
            if (!lengths.isEmpty() || encodings.size() > 1) {
                throw new MalformedRequestException(400, "The length of the body is ambiguous.");
            }
            if (!encodings.get(0).equalsIgnoreCase("chunked")) {
                throw new MalformedRequestException(501, "Unsupported transfer encoding.");
            }
            return new BodyDecoder(true, 0);
        }
        if (lengths.isEmpty()) {
            return new BodyDecoder(false, 0);
        }
        if (lengths.size() > 1 || !LENGTH.matcher(lengths.get(0)).matches()) {
            throw new MalformedRequestException(400, "The length of the body is ambiguous.");
        }
        return new BodyDecoder(false, Long.parseLong(lengths.get(0)));
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** The number of bytes that are still to come, as far as known. */
    long announced() {
        return chunked ? 0 : remaining;
    }

    /** Returns the next bytes of the body, or null if the input holds only framing. */
    @Nullable
    ByteBuffer next(ByteBuffer in) throws MalformedRequestException {
        if (state == State.DATA) {
            int length = (int) Math.min(remaining, in.remaining());
            ByteBuffer part = in.slice(in.position(), length);
            in.position(in.position() + length);
            remaining -= length;
            framingBytes = 0;
            if (remaining == 0) {
                state = chunked ? State.END_OF_DATA : State.DONE;
            }
            return part;
        }
        char c = (char) (in.get() & 0xff);
        if (++framingBytes > MAX_FRAMING_BYTES) {
            throw malformed();
        }
        if (c != '\n') {
            line.append(c);
            return null;
        }
        String text = line.toString().stripTrailing();
        line.setLength(0);
        endOfLine(text);
        return null;
    }

    private void endOfLine(String text) throws MalformedRequestException {
        switch (state) {
            case SIZE -> {
                int end = text.indexOf(';');
                String size = (end < 0 ? text : text.substring(0, end)).strip();
                if (!CHUNK_SIZE.matcher(size).matches()) {
                    throw malformed();
                }
                remaining = Long.parseLong(size, 16);
                state = remaining == 0 ? State.TRAILERS : State.DATA;
            }
            case END_OF_DATA -> {
                if (!text.isEmpty()) {
                    throw malformed();
                }
                state = State.SIZE;
            }
            case TRAILERS -> {
                if (text.isEmpty()) {
                    state = State.DONE;
                }
            }
            default -> throw new IllegalStateException(state.name());
        }
    }

    private static MalformedRequestException malformed() {
        return new MalformedRequestException(400, "The chunks of the body can't be read.");
    }
}
