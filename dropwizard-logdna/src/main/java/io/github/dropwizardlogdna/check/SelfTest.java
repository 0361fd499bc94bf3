package io.github.dropwizardlogdna.check;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.github.dropwizardlogdna.ingestion.JerseyIngestionClient;
import io.github.dropwizardlogdna.line.LineEncoder;
import io.github.dropwizardlogdna.line.LineFormat;
import io.github.dropwizardlogdna.line.OversizeLines;
import io.github.dropwizardlogdna.line.Redaction;
import io.github.dropwizardlogdna.report.Message;
import io.github.dropwizardlogdna.report.Versions;
import jakarta.annotation.Nullable;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Encodes a sample event of each kind at the start. Without it, a class or a method that the service's version of Logback
 * or SLF4J lacks would fail one event after another, each of which would look like an odd event.
 *
 * <p>It uses a format of its own, because an appender's layout may have side effects and its {@code redact} may match
 * anything.
 */
public final class SelfTest {

    private static final String SECRET = "a-secret";
    private static final String REDACTED = "[REDACTED]";

    private static final AtomicBoolean CLIENT_LINKS = new AtomicBoolean();

    private SelfTest() {}

    /**
     * Runs the test, which takes some tens of milliseconds the first time.
     *
     * @throws IllegalStateException if the appender can't work with the libraries on the class path; the message names
     *     what is missing, the versions found and the versions needed
     */
    public static void run(String appender, LoggerContext context) {
        try {
            check(new LineEncoder<>(format()), loggingEvent(context), loggingFacts());
            // For every appender: a version without these events is one that was never tested.
            check(new LineEncoder<>(format()), RequestEvent.create(), List.of("GET", "/self-test", REDACTED, "200"));
            linkClient();
        } catch (LinkageError e) {
            throw incompatible(appender, e.toString(), e);
        } catch (Incomplete e) {
            throw incompatible(appender, String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /** Runs once in a process, because all appenders use the same client classes. */
    private static void linkClient() {
        if (!CLIENT_LINKS.get()) {
            JerseyIngestionClient.link();
            CLIENT_LINKS.set(true);
        }
    }

    private static IllegalStateException incompatible(String appender, String what, @Nullable Throwable cause) {
        return new IllegalStateException(
                Message.INCOMPATIBLE.with(appender, what, Versions.found(), Versions.NEEDED), cause);
    }

    private static <E extends DeferredProcessingAware> void check(
            LineEncoder<E> encoder, E event, List<String> expected) {
        encoder.encode(event);
        if (encoder.linkageError() != null) {
            throw encoder.linkageError();
        }
        String line = new String(encoder.buffer(), 0, encoder.length(), StandardCharsets.UTF_8);
        if (encoder.fellBack()) {
            throw new Incomplete("an event could be encoded as its bare message only");
        }
        for (String fact : expected) {
            if (!line.contains(fact)) {
                throw new Incomplete("a line lacks \"" + fact + "\"");
            }
        }
        if (line.contains(SECRET)) {
            throw new Incomplete("redact does not redact");
        }
    }

    private static <E extends DeferredProcessingAware> LineFormat<E> format() {
        return new LineFormat<>(
                "self-test",
                null,
                Map.of("fixed", 1),
                true,
                Set.of(),
                Set.of(),
                OversizeLines.SPLIT,
                false,
                true,
                Redaction.of(List.of(SECRET)),
                null);
    }

    private static ILoggingEvent loggingEvent(LoggerContext context) {
        IllegalStateException thrown = new IllegalStateException("outer", new IllegalArgumentException("inner"));
        thrown.addSuppressed(new IllegalArgumentException("suppressed"));
        LoggingEvent event = new LoggingEvent(
                SelfTest.class.getName(),
                context.getLogger(SelfTest.class),
                Level.INFO,
                "message with {} and " + SECRET,
                thrown,
                new Object[] {"argument"});
        // The current thread may be virtual and have no name.
        event.setThreadName("self-test");
        event.setMDCPropertyMap(Map.of("mdcKey", "mdcValue"));
        event.addKeyValuePair(new KeyValuePair("pair", 42));
        event.addMarker(MarkerFactory.getDetachedMarker("MARKER"));
        return event;
    }

    private static List<String> loggingFacts() {
        return List.of(
                "message with argument and " + REDACTED,
                "java.lang.IllegalStateException: outer",
                "Caused by: java.lang.IllegalArgumentException: inner",
                "Suppressed: java.lang.IllegalArgumentException: suppressed",
                "\"mdcKey\":\"mdcValue\"",
                "\"pair\":42",
                "MARKER",
                "\"fixed\":1",
                "\"thread\":");
    }

    /** A request without a server. A class of its own, so that the outer class loads without logback-access. */
    private static final class RequestEvent {

        static DeferredProcessingAware create() {
            return (IAccessEvent) Proxy.newProxyInstance(
                    IAccessEvent.class.getClassLoader(),
                    new Class<?>[] {IAccessEvent.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getMethod" -> "GET";
                        case "getRequestURI" -> "/self-test/" + SECRET;
                        case "getRequestURL" -> "GET /self-test/" + SECRET + " HTTP/1.1";
                        case "getProtocol" -> "HTTP/1.1";
                        case "getStatusCode" -> 200;
                        default -> nothing(method.getReturnType());
                    });
        }

        @Nullable
        private static Object nothing(Class<?> type) {
            if (type == int.class) {
                return 0;
            }
            if (type == long.class) {
                return 0L;
            }
            if (type == boolean.class) {
                return false;
            }
            return type == String.class ? IAccessEvent.NA : null;
        }
    }

    /** Thrown for a line without an expected part. */
    private static final class Incomplete extends RuntimeException {

        Incomplete(String message) {
            super(message);
        }
    }
}
