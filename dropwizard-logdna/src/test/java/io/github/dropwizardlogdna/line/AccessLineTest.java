package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.access.common.spi.IAccessEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLineTest {

    private final Map<String, Object> answers = new HashMap<>(Map.ofEntries(
            Map.entry("getTimeStamp", 1_700_000_000_123L),
            Map.entry("getMethod", "GET"),
            Map.entry("getRequestURI", "/orders/7"),
            Map.entry("getStatusCode", 200),
            Map.entry("getContentLength", 512L),
            Map.entry("getElapsedTime", 12L),
            Map.entry("getRemoteAddr", "192.0.2.1"),
            Map.entry("getRequestHeader", "curl/8"),
            Map.entry("getProtocol", "HTTP/1.1")));

    /** A proxy, so that this class needs no servlet types. */
    private IAccessEvent event() {
        return (IAccessEvent) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {IAccessEvent.class}, (proxy, method, args) -> {
                    if (args != null && method.getName().equals("getRequestHeader")) {
                        assertThat(args[0]).isEqualTo("User-Agent");
                    }
                    return answers.get(method.getName());
                });
    }

    private static Formats<IAccessEvent> format() {
        return new Formats<IAccessEvent>().layout(event -> event.getMethod() + " printed\n");
    }

    @Test
    void describesTheRequestInMeta() {
        assertThat(WireLines.single(format().encoder(), event()))
                .isEqualTo(WireLines.json("{\"timestamp\":1700000000123,\"line\":\"GET printed\",\"level\":\"INFO\","
                        + "\"app\":\"orders\",\"meta\":{\"method\":\"GET\",\"uri\":\"/orders/7\",\"status\":200,"
                        + "\"bytes\":512,\"elapsedMs\":12,\"remoteAddress\":\"192.0.2.1\",\"userAgent\":\"curl/8\","
                        + "\"protocol\":\"HTTP/1.1\"}}"));
    }

    @ParameterizedTest
    @CsvSource({"200, INFO", "404, INFO", "499, INFO", "500, WARN", "503, WARN", "-1, INFO"})
    void logsStatus500AndAboveAsWarnings(int status, String level) {
        answers.put("getStatusCode", status);
        assertThat(WireLines.single(format().encoder(), event()).get("level").textValue())
                .isEqualTo(level);
    }

    @Test
    void omitsUnknownFields() {
        answers.putAll(Map.of(
                "getStatusCode",
                -1,
                "getContentLength",
                -1L,
                "getElapsedTime",
                -1L,
                "getRemoteAddr",
                "-",
                "getProtocol",
                "-"));
        answers.put("getRequestHeader", null);
        assertThat(WireLines.single(format().encoder(), event()).get("meta").toString())
                .isEqualTo("{\"method\":\"GET\",\"uri\":\"/orders/7\"}");
    }

    @Test
    void shipsAMalformedRequestThatHasNoUri() {
        answers.put("getRequestURI", null);
        LineEncoder<IAccessEvent> encoder = new Formats<IAccessEvent>().encoder();
        JsonNode line = WireLines.single(encoder, event());
        assertThat(line.get("line").textValue()).isEqualTo("GET - 200");
        assertThat(line.get("meta").has("uri")).isFalse();
        assertThat(encoder.fellBack()).isFalse();
    }

    @Test
    void leavesOutTheQuery() {
        answers.put("getRequestURI", "/orders/7?token=secret");
        assertThat(WireLines.single(format().encoder(), event()).toString()).doesNotContain("secret");
        assertThat(WireLines.single(new Formats<IAccessEvent>().encoder(), event())
                        .toString())
                .contains("\"line\":\"GET /orders/7 200\"")
                .doesNotContain("secret");
    }

    @Test
    void leavesOutAQueryThatIsAllOfTheUri() {
        answers.put("getRequestURI", "?token=secret");
        assertThat(WireLines.single(new Formats<IAccessEvent>().encoder(), event())
                        .toString())
                .contains("\"line\":\"GET  200\"")
                .doesNotContain("secret");
    }

    @Test
    void keepsNumbersThatAreZero() {
        answers.putAll(Map.of("getContentLength", 0L, "getElapsedTime", 0L));
        JsonNode meta = WireLines.single(format().encoder(), event()).get("meta");
        assertThat(meta.get("bytes")).isEqualTo(WireLines.json("0"));
        assertThat(meta.get("elapsedMs")).isEqualTo(WireLines.json("0"));
    }

    @Test
    void winsOverFixedFields() {
        LineEncoder<IAccessEvent> encoder = format().meta(
                        Map.of("status", "fixed", "logger", "fixed", "team", "orders"))
                .encoder();
        JsonNode meta = WireLines.single(encoder, event()).get("meta");
        assertThat(meta.get("status").intValue()).isEqualTo(200);
        assertThat(meta.get("_logger").textValue()).isEqualTo("fixed");
        assertThat(meta.get("team").textValue()).isEqualTo("orders");
    }

    @Test
    void repeatsMethodAndUriInThePartsOfALongLine() {
        LineEncoder<IAccessEvent> encoder = new Formats<IAccessEvent>()
                .layout(event -> "x".repeat(20_000))
                .meta(Map.of("team", "orders"))
                .encoder();
        List<JsonNode> lines = WireLines.of(encoder, event());
        assertThat(lines.get(0).at("/meta/team").textValue()).isEqualTo("orders");
        assertThat(lines.get(1).get("meta").toString())
                .isEqualTo("{\"linePart\":2,\"lineParts\":2,\"method\":\"GET\",\"uri\":\"/orders/7\"}");
    }

    @Test
    void fallsBackToTheRequestWhenTheLayoutFails() {
        LineEncoder<IAccessEvent> encoder = new Formats<IAccessEvent>()
                .layout(event -> {
                    throw new IllegalStateException();
                })
                .encoder();
        assertThat(WireLines.single(encoder, event()).get("line").textValue()).isEqualTo("GET /orders/7 200");
        assertThat(encoder.fellBack()).isTrue();
    }
}
