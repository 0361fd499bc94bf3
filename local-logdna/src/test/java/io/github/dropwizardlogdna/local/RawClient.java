package io.github.dropwizardlogdna.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;

/** A client that can send any bytes, one by one if required. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 50_000;

    private final Socket socket;

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static RawClient of(IngestionEndpoint endpoint) throws IOException {
        return new RawClient(URI.create(endpoint.url()).getPort());
    }

    /** The head of a valid request; further headers are lines, each with CR LF at its end. */
    static String post(String headers) {
        return "POST /logs/ingest?hostname=web-1 HTTP/1.1\r\nHost: localhost\r\napikey: k\r\n" + headers + "\r\n";
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(UTF_8));
    }

    RawClient send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
        return this;
    }

    /** Reads an answer, with as many bytes of the body as its length says; null if the connection ends first. */
    String answer() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            answer.append((char) next);
        }
        int length = 0;
        for (String line : answer.toString().split("\r\n")) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        return answer.append(new String(in.readNBytes(length), ISO_8859_1)).toString();
    }

    /** Waits until the server closes the connection; returns whether it did. */
    boolean isClosed() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof SocketTimeoutException);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
