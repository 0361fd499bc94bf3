package io.github.dropwizardlogdna.local.ingestion;

import io.github.dropwizardlogdna.local.http.RequestHead;
import jakarta.annotation.Nullable;
import java.time.Instant;

/**
 * A request that was answered with an error, without its query, which may contain a key.
 *
 * @param request the method and the path; null if the input was not a request
 * @param sender the address, and the User-Agent if there was one
 */
public record RefusedRequest(
        Instant receivedAt,
        int status,
        String reason,
        @Nullable String request,
        String sender) {

    private static final int MAX_LENGTH = 200;

    public static RefusedRequest of(@Nullable RequestHead head, int status, String reason) {
        if (head == null) {
            return new RefusedRequest(Instant.now(), status, cut(reason), null, "unknown sender");
        }
        String agent = head.header("User-Agent");
        String address = head.sender().getHostAddress();
        return new RefusedRequest(
                Instant.now(),
                status,
                cut(reason),
                cut(head.method() + " " + head.path()),
                agent == null ? address : cut(agent) + " at " + address);
    }

    private static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    }
}
