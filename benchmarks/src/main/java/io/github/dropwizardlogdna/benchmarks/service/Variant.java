package io.github.dropwizardlogdna.benchmarks.service;

import ch.qos.logback.classic.LoggerContext;
import io.github.dropwizardlogdna.benchmarks.Contender;
import jakarta.annotation.Nullable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * The service with one kind of logging.
 *
 * @param contender whose appender it has; null without an appender that ships
 */
record Variant(String key, String title, @Nullable Contender contender) {

    static final Variant NONE = new Variant("none", "no appender", null);
    /** What a service's console costs whose output goes to a file. */
    static final Variant FILE = new Variant("file", "console's format, to a file", null);

    /** {@code none}, {@code file}, or a contender of the other programs. */
    static Variant named(String key) {
        return switch (key) {
            case "none" -> NONE;
            case "file" -> FILE;
            default -> {
                Contender contender = Contender.named(key);
                yield new Variant(key, contender.title(), contender);
            }
        };
    }

    boolean isOurs() {
        return contender != null && contender.isOurs();
    }

    boolean ships() {
        return contender != null && contender.ships();
    }

    /** A peer is configured in Logback's own way, besides what the service's file says. */
    void addPeer(LoggerContext context, URI endpoint) {
        if (contender != null && !contender.isOurs()) {
            contender.addPeerTo(context, endpoint, Map.of());
        }
    }

    /** The service's file. All variants write the request log to a file. */
    String yaml(URI endpoint, Path directory) throws IOException {
        String appenders = "appenders: []";
        if (contender != null && contender.isOurs()) {
            appenders = contender.yaml(endpoint);
        } else if (equals(FILE)) {
            appenders = fileAppender(directory.resolve("service.log"));
        }
        return """
                server:
                  applicationConnectors:
                    - type: http
                      bindHost: 127.0.0.1
                      port: 0
                  adminConnectors:
                    - type: http
                      bindHost: 127.0.0.1
                      port: 0
                  requestLog:
                %s
                logging:
                  level: INFO
                %s
                """.formatted(fileAppender(directory.resolve("request.log")).indent(4), appenders.indent(2));
    }

    private static String fileAppender(Path file) {
        return """
                appenders:
                  - type: file
                    currentLogFilename: %s
                    archive: false
                """.formatted(file);
    }
}
