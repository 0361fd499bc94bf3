package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A connection, which serves one request after the other. Used by the server's thread only.
 *
 * <p>Each phase in which the connection waits for the client has a deadline.
 */
final class Connection {

    /** From this {@link #use} on, a connection is not closed in favour of a new one. */
    static final int IN_USE = 3;

    private static final int MAX_HEAD_BYTES = 16 * 1_024;

    /** A refused body up to this size is read to its end, so that the client receives the answer. */
    private static final long MAX_DISCARDED_BYTES = 20_000_000;

    /** How long a connection is read before it is closed, so that the client receives the answer instead of a reset. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private static final byte[] CONTINUE = {
        'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '1', '0', '0', ' ', 'C', 'o', 'n', 't', 'i', 'n', 'u', 'e', '\r',
        '\n', '\r', '\n'
    };

    private enum Phase {
        /** Between requests, or receiving the head of one. */
        HEAD,
        /** Receiving a body, to keep or to discard it. */
        BODY,
        /** A worker handles the request. */
        WORKING,
        /** Sending an answer. */
        WRITING,
        /** Sending a stream. */
        STREAMING,
        /** The last answer was sent; further input is discarded. */
        LINGERING,
        CLOSED
    }

    private final HttpServer server;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final InetAddress peer;
    private final Deque<ByteBuffer> out = new ArrayDeque<>();

    private Phase phase = Phase.HEAD;
    private long deadline;
    private int requests;
    private boolean closeAfterAnswer;

    /** Whether the client has closed its side. It may still read. */
    private boolean inputEnded;

    /** Input that was received before the answer was sent: further requests. */
    @Nullable
    private ByteBuffer pending;

    private byte[] headBytes = new byte[1_024];
    private int headLength;
    private boolean headStarted;

    // The current request.

    @Nullable
    private RequestHead head;

    @Nullable
    private BodyDecoder decoder;

    private long bodyStart;
    private long bodyBytes;

    /** The bytes of the body that count as held; released with the answer. */
    private long reserved;

    /** Null if the body is discarded; then the answer is already known. */
    @Nullable
    private Body body;

    @Nullable
    private Plan.Receive receive;

    @Nullable
    private Response verdict;

    @Nullable
    private Exchange exchange;

    @Nullable
    private EventSource source;

    Connection(HttpServer server, SocketChannel channel, SelectionKey key) {
        this.server = server;
        this.channel = channel;
        this.key = key;
        this.peer = channel.socket().getInetAddress();
        setDeadline(server.limits().idleTime());
    }

    /** A measure of the loss if this connection were closed; {@link #IN_USE} and more are not acceptable. */
    int use() {
        return switch (phase) {
            case HEAD -> requests == 0 ? 0 : 1;
            case LINGERING -> 0;
            case BODY, WRITING -> 2;
            default -> IN_USE;
        };
    }

    /** Reads and writes as much as possible. A failure closes this connection alone. */
    void ready(SelectionKey selected, ByteBuffer received) {
        try {
            if (selected.isValid() && selected.isWritable()) {
                flush();
                pump();
            }
            if (selected.isValid() && selected.isReadable()) {
                read(received);
            }
            updateInterest();
        } catch (IOException e) {
            close();
        } catch (RuntimeException | Error e) {
            close();
            HttpServer.report(e);
        }
    }

    private void read(ByteBuffer received) throws IOException {
        received.clear();
        if (channel.read(received) < 0) {
            endOfInput();
            return;
        }
        received.flip();
        consume(received);
    }

    private void consume(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            switch (phase) {
                case HEAD -> readHead(bytes);
                case BODY -> readBody(bytes);
                case WORKING, WRITING -> {
                    pending = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                    return;
                }
                case LINGERING -> {
                    bodyBytes += bytes.remaining();
                    if (bodyBytes > MAX_DISCARDED_BYTES) {
                        close();
                    }
                    return;
                }
                case STREAMING, CLOSED -> {
                    return;
                }
            }
        }
    }

    private void readHead(ByteBuffer bytes) throws IOException {
        if (!headStarted) {
            headStarted = true;
            setDeadline(server.limits().headTime());
        }
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (headLength == MAX_HEAD_BYTES) {
                refuseAndClose(431, "The head of the request is too large.");
                return;
            }
            if (headLength == headBytes.length) {
                headBytes = Arrays.copyOf(headBytes, 2 * headLength);
            }
            headBytes[headLength++] = next;
            if (next == '\n' && endsHead()) {
                begin();
                return;
            }
        }
    }

    /** Whether an empty line ends here. One before the request line is skipped (RFC 9112, section 2.2). */
    private boolean endsHead() {
        int last = headLength - 2;
        if (last >= 0 && headBytes[last] == '\r') {
            last--;
        }
        if (last < 0) {
            headLength = 0;
            return false;
        }
        return headBytes[last] == '\n';
    }

    private void begin() throws IOException {
        requests++;
        try {
            head = null;
            RequestHead parsed = RequestHead.parse(headBytes, headLength, peer);
            head = parsed;
            headLength = 0;
            decoder = BodyDecoder.of(parsed);
            closeAfterAnswer = !parsed.keepsAlive();
            begin(parsed, decoder);
        } catch (MalformedRequestException e) {
            refuseAndClose(e.status(), e.reason());
        }
    }

    private void begin(RequestHead head, BodyDecoder decoder) throws IOException {
        bodyStart = System.nanoTime();
        bodyBytes = 0;
        verdict = null;
        receive = null;
        body = null;
        phase = Phase.BODY;
        Plan plan = server.plan(head);
        if (plan instanceof Plan.Stream stream) {
            source = stream.source();
            phase = Phase.STREAMING;
            enqueue(stream.head().encodeHeadOfStream());
            pump();
            return;
        }
        if (plan instanceof Plan.Receive receives) {
            if (decoder.announced() > receives.maxBytes()) {
                verdict = server.refuse(head, 413, "Payload too large.");
            } else {
                receive = receives;
                body = new Body();
                if (head.expectsContinue()) {
                    enqueue(ByteBuffer.wrap(CONTINUE));
                }
            }
        } else if (plan instanceof Plan.Answer answer) {
            verdict = answer.response();
        }
        if (verdict != null && (head.expectsContinue() || decoder.announced() > MAX_DISCARDED_BYTES)) {
            // The body may never arrive, or is too large to read.
            closeAfterAnswer = true;
            send(verdict);
        } else if (decoder.isDone()) {
            bodyIsWhole();
        } else {
            setBodyDeadline();
        }
    }

    private void readBody(ByteBuffer bytes) throws IOException {
        BodyDecoder decoder = this.decoder;
        if (decoder == null) {
            throw new IllegalStateException("no body");
        }
        try {
            while (phase == Phase.BODY && bytes.hasRemaining() && !decoder.isDone()) {
                ByteBuffer part = decoder.next(bytes);
                if (part != null) {
                    take(part);
                }
            }
        } catch (MalformedRequestException e) {
            refuseAndClose(e.status(), e.reason());
            return;
        }
        if (phase != Phase.BODY) {
            return;
        }
        if (decoder.isDone()) {
            bodyIsWhole();
        } else {
            setBodyDeadline();
        }
    }

    private void take(ByteBuffer part) throws IOException {
        int length = part.remaining();
        bodyBytes += length;
        if (receive != null && body != null) {
            if (bodyBytes > receive.maxBytes()) {
                discardFromHereOn(413, "Payload too large.");
            } else if (!server.reserve(length)) {
                discardFromHereOn(503, "Too many requests at once.");
            } else {
                reserved += length;
                body.add(part);
            }
        } else if (bodyBytes > MAX_DISCARDED_BYTES && verdict != null) {
            closeAfterAnswer = true;
            send(verdict);
        }
    }

    private void discardFromHereOn(int status, String reason) {
        verdict = server.refuse(head, status, reason);
        receive = null;
        giveBack();
    }

    private void giveBack() {
        body = null;
        server.release(reserved);
        reserved = 0;
    }

    private void bodyIsWhole() throws IOException {
        if (verdict != null) {
            send(verdict);
        } else if (receive != null && body != null && head != null) {
            phase = Phase.WORKING;
            deadline = Long.MAX_VALUE;
            exchange = new Exchange(server, this);
            server.work(head, receive.receiver(), body, exchange);
        }
    }

    void answer(Exchange answered, Response response) {
        if (answered != exchange || phase != Phase.WORKING) {
            return;
        }
        try {
            send(response);
            updateInterest();
        } catch (IOException e) {
            close();
        }
    }

    void reset(Exchange answered) {
        if (answered == exchange) {
            abort();
        }
    }

    private void refuseAndClose(int status, String reason) throws IOException {
        closeAfterAnswer = true;
        send(server.refuse(head, status, reason));
    }

    private void send(Response response) throws IOException {
        giveBack();
        exchange = null;
        receive = null;
        phase = Phase.WRITING;
        boolean withBody = head == null || !head.method().equals("HEAD");
        enqueue(response.encode(withBody, closeAfterAnswer));
    }

    private void enqueue(ByteBuffer bytes) throws IOException {
        if (out.isEmpty() && phase != Phase.BODY) {
            setDeadline(server.limits().idleTime());
        }
        out.add(bytes);
        flush();
    }

    private void flush() throws IOException {
        for (ByteBuffer bytes = out.peek(); bytes != null; bytes = out.peek()) {
            if (channel.write(bytes) > 0 && phase != Phase.BODY) {
                setDeadline(server.limits().idleTime());
            }
            if (bytes.hasRemaining()) {
                return;
            }
            out.remove();
        }
        if (phase == Phase.WRITING) {
            answered();
        } else if (phase == Phase.STREAMING) {
            deadline = Long.MAX_VALUE;
        }
    }

    private void answered() throws IOException {
        ByteBuffer more = pending;
        pending = null;
        if (closeAfterAnswer) {
            phase = Phase.LINGERING;
            bodyBytes = 0;
            setDeadline(LINGER);
            channel.shutdownOutput();
            return;
        }
        phase = Phase.HEAD;
        headLength = 0;
        headStarted = false;
        head = null;
        setDeadline(server.limits().idleTime());
        if (more != null) {
            consume(more);
        }
    }

    /** Sends the next bytes of a stream if the client has received the previous ones. */
    void pump() {
        sendOfStream(false);
    }

    /** Sends the heartbeat of a stream that has nothing to send. */
    void beat() {
        sendOfStream(true);
    }

    private void sendOfStream(boolean withHeartbeat) {
        EventSource source = this.source;
        if (phase != Phase.STREAMING || source == null) {
            return;
        }
        try {
            ByteBuffer next = null;
            while (out.isEmpty() && phase == Phase.STREAMING) {
                next = source.next();
                if (next == null) {
                    break;
                }
                enqueue(next);
            }
            if (out.isEmpty() && withHeartbeat) {
                enqueue(source.heartbeat());
            }
            updateInterest();
        } catch (IOException e) {
            close();
        }
    }

    private void endOfInput() {
        if (phase == Phase.WORKING) {
            // The client may have closed only its own side and still wait for the answer.
            closeAfterAnswer = true;
            inputEnded = true;
            setDeadline(server.limits().bodyGrace());
        } else {
            close();
        }
    }

    /** Enforces the deadline of the current phase. */
    void expire(long now) {
        if (deadline == Long.MAX_VALUE || now - deadline < 0) {
            return;
        }
        try {
            if (phase == Phase.HEAD && headStarted) {
                headLength = 0;
                refuseAndClose(408, "The request takes too long.");
            } else if (phase == Phase.BODY) {
                closeAfterAnswer = true;
                send(
                        verdict != null
                                ? verdict
                                : server.refuse(
                                        head,
                                        408,
                                        "The body comes at less than "
                                                + server.limits().minBytesPerSecond() + " bytes a second."));
            } else {
                close();
                return;
            }
            updateInterest();
        } catch (IOException e) {
            close();
        }
    }

    private void setDeadline(Duration from) {
        deadline = System.nanoTime() + from.toNanos();
    }

    private void setBodyDeadline() {
        Limits limits = server.limits();
        deadline = bodyStart + limits.bodyGrace().toNanos() + bodyBytes * 1_000_000_000L / limits.minBytesPerSecond();
    }

    private void updateInterest() {
        if (phase == Phase.CLOSED || !key.isValid()) {
            return;
        }
        boolean reads =
                switch (phase) {
                    case WRITING -> false;
                    case WORKING -> pending == null && !inputEnded;
                    default -> true;
                };
        key.interestOps((reads ? SelectionKey.OP_READ : 0) | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE));
    }

    /** Closes the connection with a reset. */
    private void abort() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // It is closed without a reset.
        }
        close();
    }

    void close() {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        exchange = null;
        out.clear();
        giveBack();
        server.forget(this);
        key.cancel();
        HttpServer.closeQuietly(channel);
        EventSource gone = source;
        if (gone != null) {
            gone.closed();
        }
    }
}
