package io.github.dropwizardlogdna.benchmarks.receiver;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * One connection, served by one thread: HTTP/1.1 with as much of it as the contenders speak, or else a stream of lines.
 * The answer goes out as soon as the last byte is read; counting comes after it.
 */
final class Connection implements Runnable {

    private final Socket socket;
    private final Supplier<Mode> mode;
    private final Supplier<Arrivals> arrivals;
    private final InputStream in;
    private final OutputStream out;

    /** Read from the socket and not yet used. */
    private final byte[] buffer = new byte[1 << 16];

    private int position;
    private int limit;

    private byte[] body = new byte[1 << 20];
    private int length;

    Connection(Socket socket, Supplier<Mode> mode, Supplier<Arrivals> arrivals) throws IOException {
        this.socket = socket;
        this.mode = mode;
        this.arrivals = arrivals;
        // Without this, the end of an answer in two segments waits 40 ms for the client's acknowledgement.
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @Override
    public void run() {
        try (socket) {
            if (fill()) {
                if (buffer[position] == '{') {
                    readLines();
                } else {
                    while (answerRequest()) {}
                }
            }
        } catch (IOException e) {
            // The client has gone, or the connection was closed because the endpoint is to be down.
        }
    }

    private boolean answerRequest() throws IOException {
        String requestLine = readLine();
        if (requestLine == null) {
            return false;
        }
        boolean gzip = false;
        boolean chunked = false;
        int contentLength = 0;
        for (String header = readLine(); header != null && !header.isEmpty(); header = readLine()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                contentLength =
                        Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
            } else if (lower.startsWith("transfer-encoding:") && lower.endsWith("chunked")) {
                chunked = true;
            } else if (lower.startsWith("content-encoding:") && lower.endsWith("gzip")) {
                gzip = true;
            }
        }
        length = 0;
        if (chunked) {
            readChunks();
        } else {
            readBody(contentLength);
        }
        long at = System.nanoTime();
        boolean takes = mode.get() == Mode.TAKE;
        out.write(takes ? answerTo(requestLine) : Answers.UNAVAILABLE);
        Arrivals books = arrivals.get();
        books.answered(System.nanoTime() - at);
        if (takes) {
            books.took(body, length, gzip, at);
        } else {
            books.refused();
        }
        return true;
    }

    private static byte[] answerTo(String requestLine) {
        if (requestLine.contains("/loki/")) {
            return Answers.NO_CONTENT;
        }
        if (requestLine.contains("/v1/logs")) {
            return Answers.PROTOBUF;
        }
        return requestLine.contains("/logtail") ? Answers.ACCEPTED : Answers.OK;
    }

    /** Lines without any answer, counted read by read; what follows the last line feed waits for the rest. */
    private void readLines() throws IOException {
        length = 0;
        do {
            append(limit - position);
            int end = length;
            while (end > 0 && body[end - 1] != '\n') {
                end--;
            }
            arrivals.get().took(body, end, false, System.nanoTime());
            System.arraycopy(body, end, body, 0, length - end);
            length -= end;
        } while (fill());
    }

    private void readChunks() throws IOException {
        while (true) {
            String size = readLine();
            if (size == null) {
                throw new EOFException();
            }
            int bytes = Integer.parseInt(size.strip(), 16);
            readBody(bytes);
            readLine();
            if (bytes == 0) {
                return;
            }
        }
    }

    private void readBody(int bytes) throws IOException {
        int end = length + bytes;
        append(Math.min(bytes, limit - position));
        ensure(end);
        while (length < end) {
            int read = in.read(body, length, end - length);
            if (read < 0) {
                throw new EOFException();
            }
            length += read;
        }
    }

    private void append(int bytes) {
        ensure(length + bytes);
        System.arraycopy(buffer, position, body, length, bytes);
        position += bytes;
        length += bytes;
    }

    private void ensure(int size) {
        if (size > body.length) {
            body = Arrays.copyOf(body, Math.max(size, 2 * body.length));
        }
    }

    /** A line of a header, or null where the connection ends. */
    @jakarta.annotation.Nullable
    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (position < limit || fill()) {
            char c = (char) buffer[position++];
            if (c == '\n') {
                return line.toString();
            }
            if (c != '\r') {
                line.append(c);
            }
        }
        return null;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }

    /** The answers that each kind of client expects. */
    private static final class Answers {

        static final byte[] OK = answer("200 OK", "application/json", "{\"status\":\"ok\"}");
        static final byte[] ACCEPTED = answer("202 Accepted", "application/json", "{}");
        static final byte[] PROTOBUF = answer("200 OK", "application/x-protobuf", "");
        static final byte[] NO_CONTENT = bytes("HTTP/1.1 204 No Content\r\n\r\n");
        static final byte[] UNAVAILABLE = answer("503 Service Unavailable", "text/plain", "");

        private Answers() {}

        private static byte[] answer(String status, String type, String body) {
            return bytes("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body);
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }
}
