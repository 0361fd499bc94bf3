package io.github.dropwizardlogdna.ingestion;

import jakarta.annotation.Nullable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.util.Timeout;

/**
 * HTTP/1.1 over one socket. The total size of a response is limited, trailers and chunk sizes included: the parser limits
 * only the length of a line and the number of headers. Confined to one thread.
 */
final class WireConnection extends DefaultBHttpClientConnection {

    private static final int LARGEST_HEAD = 256 * 1024;
    private static final int MOST_INTERIM_ANSWERS = 20;
    private static final Timeout AT_ONCE = Timeout.ofMilliseconds(1);

    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxLineLength(64 * 1024)
            .setMaxHeaderCount(1_000)
            .build();

    private final Socket socket;

    @Nullable
    private final SSLSocket tls;

    private final Route route;

    /** The number of bytes that may still be read. */
    private long readable;

    @Nullable
    private Attempt attempt;

    /**
     * Takes ownership of a socket.
     *
     * @param tls the TLS layer over the socket; null for none
     */
    WireConnection(Socket socket, @Nullable SSLSocket tls, Route route) throws IOException {
        super(LIMITS);
        this.socket = socket;
        this.tls = tls;
        this.route = route;
        bind(tls == null ? new Limited(socket) : new Limited(tls, socket));
    }

    Route route() {
        return route;
    }

    /** The TCP socket. */
    Socket socket() {
        return socket;
    }

    /**
     * Sends a request, and returns the head of the response. There may be a response even if sending fails, because some
     * servers refuse a body before they have read it.
     */
    ClassicHttpResponse exchange(ClassicHttpRequest request, Attempt forRequest) throws IOException, HttpException {
        attempt = forRequest;
        readable = LARGEST_HEAD;
        IOException unsent = send(request);
        try {
            return receive();
        } catch (SSLException e) {
            throw e; // an alert explains why nothing could be sent
        } catch (IOException | HttpException e) {
            if (unsent == null) {
                throw e;
            }
            throw new UnsentException(unsent);
        }
    }

    @Nullable
    private IOException send(ClassicHttpRequest request) throws HttpException {
        try {
            sendRequestHeader(request);
            sendRequestEntity(request);
            flush();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private ClassicHttpResponse receive() throws IOException, HttpException {
        for (int interim = 0; interim <= MOST_INTERIM_ANSWERS; interim++) {
            ClassicHttpResponse response = receiveResponseHeader();
            // 101 counts as final: this client does not ask for another protocol.
            if (response.getCode() >= HttpStatus.SC_OK || response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS) {
                return response;
            }
        }
        throw new HttpException("too many interim answers");
    }

    /** Limits the number of bytes that may be read from now on. */
    void allowBody(long bytes) {
        readable = bytes;
    }

    /**
     * Whether the peer has closed the connection since the last response, or has sent unsolicited data, which would be read as
     * the next response.
     */
    boolean isUnusable() {
        attempt = null;
        readable = LARGEST_HEAD;
        try {
            return isStale() || isDataAvailable(AT_ONCE);
        } catch (IOException e) {
            return true;
        }
    }

    /** Closes the socket without notifying the peer: an orderly close of TLS would wait for a thread that is writing. */
    void abort() {
        Dialer.closeQuietly(socket);
    }

    /** Closes an idle connection in order. */
    void closeIdle() {
        if (tls != null) {
            Dialer.closeQuietly(tls);
        }
        abort();
    }

    /** Limits the input stream of the socket. */
    private final class Limited extends SocketHolder {

        Limited(Socket socket) {
            super(socket);
        }

        Limited(SSLSocket tls, Socket socket) {
            super(tls, socket);
        }

        @Override
        protected InputStream getInputStream(Socket from) throws IOException {
            return new LimitedStream(from.getInputStream());
        }
    }

    private final class LimitedStream extends InputStream {

        private final InputStream in;

        LimitedStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (readable <= 0) {
                throw new ResponseTooLargeException();
            }
            if (attempt != null) {
                attempt.check();
            }
            int n = in.read(buffer, offset, (int) Math.min(length, readable));
            readable -= Math.max(0, n);
            return n;
        }
    }

    /** The response exceeds its limit. */
    static final class ResponseTooLargeException extends IOException {}

    /** The request could not be sent completely, and there was no response. */
    static final class UnsentException extends IOException {

        UnsentException(IOException cause) {
            super(cause);
        }
    }
}
