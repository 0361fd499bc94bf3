package io.github.dropwizardlogdna.local.http;

import jakarta.annotation.Nullable;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request without its body.
 *
 * @param path as sent, without the query, not decoded
 * @param query as sent, without the question mark; empty if there is none
 */
public record RequestHead(
        String method, String path, String query, boolean http11, List<Header> headers, InetAddress sender) {

    private static final Pattern REQUEST_LINE =
            Pattern.compile("(?<method>[A-Z]{1,20}) (?<target>[\\x21-\\xff]+) HTTP/1\\.(?<minor>[01])");

    /** The form of requests to proxies, which a server must accept, too. */
    private static final Pattern ABSOLUTE_TARGET = Pattern.compile("(?i)https?://(?<authority>[^/?#]*)(?<rest>.*)");

    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    public RequestHead {
        headers = List.copyOf(headers);
    }

    /** A header. Its value has no surrounding white space. */
    public record Header(String name, String value) {}

    static RequestHead parse(byte[] bytes, int length, InetAddress sender) throws MalformedRequestException {
        String[] lines = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).split("\r?\n", -1);
        Matcher line = REQUEST_LINE.matcher(lines[0]);
        if (!line.matches()) {
            throw notHttp(bytes, lines[0]);
        }
        List<Header> headers = new ArrayList<>();
        for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
            headers.add(headerOf(lines[i]));
        }
        String target = line.group("target");
        Matcher absolute = ABSOLUTE_TARGET.matcher(target);
        if (absolute.matches()) {
            target = absolute.group("rest").startsWith("/") ? absolute.group("rest") : "/" + absolute.group("rest");
            headers.removeIf(header -> header.name().equalsIgnoreCase("Host"));
            headers.add(new Header("Host", absolute.group("authority")));
        }
        int question = target.indexOf('?');
        return new RequestHead(
                line.group("method"),
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                line.group("minor").equals("1"),
                headers,
                sender);
    }

    private static MalformedRequestException notHttp(byte[] bytes, String line) {
        if (bytes[0] == 0x16) {
            return new MalformedRequestException(400, "This is TLS: use http, not https, for this endpoint.");
        }
        return line.contains(" HTTP/")
                ? new MalformedRequestException(505, "HTTP version not supported.")
                : new MalformedRequestException(400, "This is not an HTTP request.");
    }

    private static Header headerOf(String line) throws MalformedRequestException {
        int colon = line.indexOf(':');
        if (colon < 0 || !HEADER_NAME.matcher(line.substring(0, colon)).matches()) {
            throw new MalformedRequestException(400, "A header can't be read.");
        }
        return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    /** The first value of a header; null if there is none. */
    @Nullable
    public String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** All values of a header. */
    public List<String> headers(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    /** Whether the connection serves further requests. */
    boolean keepsAlive() {
        return http11 && !headerContains("Connection", "close");
    }

    boolean expectsContinue() {
        return http11 && headerContains("Expect", "100-continue");
    }

    private boolean headerContains(String name, String word) {
        return headers(name).stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(word));
    }
}
