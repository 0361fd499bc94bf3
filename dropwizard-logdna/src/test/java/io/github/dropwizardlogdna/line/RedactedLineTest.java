package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.BasicMarkerFactory;

/** A secret in each place of an event. */
class RedactedLineTest {

    private static final String SECRET = "s3cret";

    private final LoggerContext context = new LoggerContext();
    private final LineEncoder<ILoggingEvent> encoder = format().encoder();

    private static Formats<ILoggingEvent> format() {
        return new Formats<ILoggingEvent>().redact(SECRET, "\\b\\d{16}\\b");
    }

    private LoggingEvent event(String message, Throwable throwable) {
        return event(message, throwable, Map.of());
    }

    private LoggingEvent event(String message, Throwable throwable, Map<String, String> mdc) {
        LoggingEvent event =
                new LoggingEvent(Logger.FQCN, context.getLogger("Orders"), Level.INFO, message, throwable, null);
        event.setThreadName("main");
        event.setMDCPropertyMap(mdc);
        return event;
    }

    private JsonNode line(LoggingEvent event) {
        JsonNode line = WireLines.single(encoder, event);
        assertThat(line.toString()).doesNotContain(SECRET);
        assertThat(encoder.fellBack()).isFalse();
        return line;
    }

    @Test
    void redactsTheMessageAndTheStackTrace() {
        Throwable cause = new IllegalArgumentException("cause s3cret");
        cause.addSuppressed(new IllegalStateException("suppressed s3cret"));

        JsonNode line = line(event("message s3cret", new IllegalStateException("thrown s3cret", cause)));

        assertThat(line.get("line").textValue())
                .startsWith("message [REDACTED]")
                .contains("thrown [REDACTED]", "cause [REDACTED]", "suppressed [REDACTED]", "\tat ");
        assertThat(line.at("/meta/exception/message").textValue()).isEqualTo("thrown [REDACTED]");
        assertThat(line.at("/meta/exception/class").textValue()).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void redactsTheValuesOfMeta() {
        LoggingEvent event = event("message", null, Map.of("token", "a s3cret", "request", "r-1"));
        event.addKeyValuePair(new KeyValuePair("text", SECRET));
        event.addKeyValuePair(new KeyValuePair("object", List.of(SECRET)));
        event.addKeyValuePair(new KeyValuePair("card", 4111111111111111L));
        event.addKeyValuePair(new KeyValuePair("count", 7));
        BasicMarkerFactory factory = new BasicMarkerFactory();
        Marker marker = factory.getMarker("MARK-s3cret");
        marker.add(factory.getMarker("AUDIT"));
        event.addMarker(marker);

        JsonNode meta = line(event).get("meta");

        assertThat(meta.get("token").textValue()).isEqualTo("a [REDACTED]");
        assertThat(meta.get("request").textValue()).isEqualTo("r-1");
        assertThat(meta.get("text").textValue()).isEqualTo("[REDACTED]");
        assertThat(meta.get("object").toString()).isEqualTo("[\"[REDACTED]\"]");
        assertThat(meta.has("card")).isFalse();
        assertThat(meta.get("count").intValue()).isEqualTo(7);
        assertThat(meta.get("markers").toString()).isEqualTo("[\"MARK-[REDACTED]\",\"AUDIT\"]");
    }

    @Test
    void redactsTheNamesOfThreadsAndLoggersShortAndLong() {
        for (String padding : List.of("", "x".repeat(NameCache.MAX_CHARS))) {
            LoggingEvent named = new LoggingEvent(
                    Logger.FQCN, context.getLogger("Orders" + padding + SECRET), Level.INFO, "message", null, null);
            named.setThreadName("worker" + padding + SECRET + " - GET /orders/s3cret");
            named.setMDCPropertyMap(Map.of());
            for (int i = 0; i < 2; i++) {
                JsonNode meta = line(named).get("meta");
                assertThat(meta.get("thread").textValue()).isEqualTo("worker" + padding + "[REDACTED]");
                assertThat(meta.get("logger").textValue()).isEqualTo("Orders" + padding + "[REDACTED]");
            }
        }
    }

    @Test
    void aFieldNamedThreadDoesNotUndoTheRedactionOfTheThread() {
        LoggingEvent event = event("message", null, Map.of(SECRET, "value"));
        assertThat(WireLines.single(encoder, event).at("/meta/s3cret").textValue())
                .isEqualTo("value");
        LoggingEvent named =
                new LoggingEvent(Logger.FQCN, context.getLogger(SECRET), Level.INFO, "message", null, null);
        named.setThreadName(SECRET);
        named.setMDCPropertyMap(Map.of());

        JsonNode meta = line(named).get("meta");

        assertThat(meta.get("thread").textValue()).isEqualTo("[REDACTED]");
        assertThat(meta.get("logger").textValue()).isEqualTo("[REDACTED]");
    }

    @Test
    void redactsAMatchThatASplitWouldCut() {
        String text = "x".repeat(15_990) + SECRET.repeat(10) + "y".repeat(5_000);
        List<JsonNode> lines = WireLines.of(encoder, event(text, null));
        StringBuilder joined = new StringBuilder();
        lines.forEach(line -> joined.append(line.get("line").textValue()));
        assertThat(joined.toString()).isEqualTo("x".repeat(15_990) + "[REDACTED]".repeat(10) + "y".repeat(5_000));
    }

    @Test
    void redactsTheTextOfALayout() {
        LineEncoder<ILoggingEvent> withLayout =
                format().layout(event -> "printed " + event.getMessage() + "\n").encoder();
        assertThat(WireLines.single(withLayout, event("a s3cret", null))
                        .get("line")
                        .textValue())
                .isEqualTo("printed a [REDACTED]");
    }

    @Test
    void redactsTheCaller() {
        LoggingEvent event = event("message", null);
        event.setCallerData(new StackTraceElement[] {new StackTraceElement("com.s3cret.A", "a", "A.java", 7)});
        LineEncoder<ILoggingEvent> withCaller = format().callerData().encoder();
        assertThat(WireLines.single(withCaller, event).at("/meta/caller").toString())
                .isEqualTo("{\"class\":\"com.[REDACTED].A\",\"method\":\"a\",\"file\":\"A.java\",\"line\":7}");
    }

    @Test
    void redactsTheBareMessageOfAnEventThatCannotBeEncoded() {
        LineEncoder<ILoggingEvent> failing = format().layout(event -> {
                    throw new IllegalStateException(SECRET);
                })
                .encoder();
        JsonNode line = WireLines.single(failing, event("a s3cret", null));
        assertThat(failing.fellBack()).isTrue();
        assertThat(line.get("line").textValue()).isEqualTo("a [REDACTED]");
    }

    @Test
    void leavesFixedMetaAndTheNamesOfFieldsAsTheyAre() {
        LineEncoder<ILoggingEvent> withMeta =
                format().meta(Map.of("team", SECRET)).encoder();
        assertThat(WireLines.single(withMeta, event("message", null))
                        .at("/meta/team")
                        .textValue())
                .isEqualTo(SECRET);
    }

    @Test
    void redactsARequest() {
        Map<String, Object> answers = new HashMap<>(Map.of(
                "getTimeStamp", 1L,
                "getMethod", "GET",
                "getRequestURI", "/reset/s3cret",
                "getStatusCode", 200,
                "getContentLength", 1L,
                "getElapsedTime", 2L,
                "getRemoteAddr", "192.0.2.1",
                "getRequestHeader", "curl s3cret",
                "getProtocol", "HTTP/1.1"));
        IAccessEvent event = (IAccessEvent) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {IAccessEvent.class},
                (proxy, method, args) -> answers.get(method.getName()));
        Formats<IAccessEvent> format = new Formats<IAccessEvent>().redact(SECRET, "192\\.0\\.2\\.\\d+");

        JsonNode line = WireLines.single(
                format.layout(e -> e.getRequestURI() + " s3cret").encoder(), event);

        assertThat(line.get("line").textValue()).isEqualTo("/reset/[REDACTED] [REDACTED]");
        assertThat(line.at("/meta/uri").textValue()).isEqualTo("/reset/[REDACTED]");
        assertThat(line.at("/meta/userAgent").textValue()).isEqualTo("curl [REDACTED]");
        assertThat(line.at("/meta/remoteAddress").textValue()).isEqualTo("[REDACTED]");
        assertThat(line.at("/meta/status").intValue()).isEqualTo(200);
        LineEncoder<IAccessEvent> failing = format.layout(e -> {
                    throw new IllegalStateException();
                })
                .encoder();
        assertThat(WireLines.single(failing, event).get("line").textValue()).isEqualTo("GET /reset/[REDACTED] 200");
    }

    @Test
    void redactsNestedValues() {
        LoggingEvent event = event("message", null);
        event.addKeyValuePair(new KeyValuePair(
                "order",
                ordered("text", "a s3cret", "card", 4111111111111111L, SECRET, 1, "items", List.of(SECRET, 7))));
        event.addKeyValuePair(new KeyValuePair("cards", new long[] {7, 4111111111111111L}));
        event.addKeyValuePair(new KeyValuePair("password", SECRET.toCharArray()));

        JsonNode meta = line(event).get("meta");

        assertThat(meta.get("order").toString())
                .isEqualTo("{\"text\":\"a [REDACTED]\",\"[REDACTED]\":1,\"items\":[\"[REDACTED]\",7]}");
        assertThat(meta.get("cards").toString()).isEqualTo("[7]");
        assertThat(meta.get("password").textValue()).isEqualTo("[REDACTED]");
    }

    @Test
    void redactsTheTextOfAMap() {
        LoggingEvent event = event("message", null);
        event.addKeyValuePair(new KeyValuePair(
                "login", ordered("password", "hunter2 x", "user", "ann", "pin", 1234, "note", "my pin=99 y")));
        LineEncoder<ILoggingEvent> strict =
                new Formats<ILoggingEvent>().redact("password=\\S+", "pin=\\d+").encoder();
        assertThat(WireLines.single(strict, event).at("/meta/login").toString())
                .isEqualTo("{\"password\":\"[REDACTED]\",\"user\":\"ann\",\"note\":\"my [REDACTED] y\"}");
    }

    @Test
    void redactsTheWholeValueIfItsJsonMatches() {
        LoggingEvent event = event("message", null);
        event.addKeyValuePair(new KeyValuePair("login", ordered("user", "ann", "password", "hunter2")));
        LineEncoder<ILoggingEvent> strict =
                new Formats<ILoggingEvent>().redact("\"password\":\"[^\"]*\"").encoder();
        assertThat(WireLines.single(strict, event).at("/meta/login").textValue())
                .isEqualTo("[REDACTED]");
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    @Test
    void redactsARequestInEachEncodingOfItsUri() {
        Map<String, Object> answers = new HashMap<>(Map.of(
                "getTimeStamp", 1L,
                "getMethod", "GET",
                "getRequestURI", "/reset/s3%63ret/x",
                "getStatusCode", 200,
                "getContentLength", 1L,
                "getElapsedTime", 2L,
                "getRemoteAddr", "192.0.2.1",
                "getRequestHeader", "curl",
                "getProtocol", "HTTP/1.1"));
        IAccessEvent event = (IAccessEvent) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {IAccessEvent.class},
                (proxy, method, args) -> answers.get(method.getName()));
        JsonNode line = WireLines.single(
                new Formats<IAccessEvent>()
                        .redact(SECRET, "\\d{4} \\d{4}")
                        .layout(e -> "GET " + e.getRequestURI()
                                + "?t=s%33cret&card=1234+5678 \"http://x/%73%33%63%72%65%74\"")
                        .encoder(),
                event);
        assertThat(line.at("/meta/uri").textValue()).isEqualTo("/reset/[REDACTED]/x");
        assertThat(line.get("line").textValue())
                .isEqualTo("GET /reset/[REDACTED]/x?t=[REDACTED]&card=[REDACTED] \"http://x/[REDACTED]\"");
    }

    @Test
    void isNotRedactedByDefault() {
        LoggingEvent event = event("4111111111111111", new IllegalStateException(SECRET));
        event.addKeyValuePair(new KeyValuePair("card", 4111111111111111L));
        JsonNode line = WireLines.single(new Formats<ILoggingEvent>().encoder(), event);
        assertThat(line.at("/meta/card").longValue()).isEqualTo(4111111111111111L);
        assertThat(line.at("/meta/exception/message").textValue()).isEqualTo(SECRET);
    }
}
