package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.DeferredProcessingAware;
import io.github.dropwizardlogdna.testing.FilteringClassLoader;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReaderTest {

    @ParameterizedTest
    @CsvSource({"TRACE, true", "DEBUG, true", "INFO, true", "WARN, false", "ERROR, false", "OFF, false", ", true"})
    void ranksALogEventByItsLevel(String level, boolean belowWarn) {
        LoggingEvent logged = new LoggingEvent();
        if (level != null) {
            logged.setLevel(Level.toLevel(level));
        }
        ILoggingEvent event = logged;
        assertThat(EventReader.of(event).isBelowWarn(event)).isEqualTo(belowWarn);
    }

    @ParameterizedTest
    @CsvSource({"-1, true", "200, true", "499, true", "500, false", "503, false"})
    void ranksARequestByItsStatus(int status, boolean belowWarn) {
        IAccessEvent event = request(status);
        assertThat(EventReader.of(event).isBelowWarn(event)).isEqualTo(belowWarn);
    }

    @Test
    void readsTheLoggerOfALogEventOnly() {
        ILoggingEvent event = logEvent();
        assertThat(EventReader.of(event).loggerName(event)).isEqualTo("com.example.Orders");
        IAccessEvent request = request(200);
        assertThat(EventReader.of(request).loggerName(request)).isNull();
    }

    @Test
    void encodesBothKindsWithOneEncoder() {
        LineEncoder<DeferredProcessingAware> encoder = new Formats<DeferredProcessingAware>().encoder();
        for (int i = 0; i < 2; i++) {
            assertThat(WireLines.single(encoder, logEvent()).get("line").textValue())
                    .isEqualTo("ordinary");
            assertThat(WireLines.single(encoder, request(404)).get("line").textValue())
                    .isEqualTo("GET /orders 404");
        }
    }

    @Test
    void encodesLogEventsWithoutLogbackAccess() throws Exception {
        FilteringClassLoader loader = new FilteringClassLoader(name -> name.startsWith("ch.qos.logback.access."));
        Callable<?> encoding = (Callable<?>) loader.loadClass(EncodesALogEvent.class.getName())
                .getConstructor()
                .newInstance();

        assertThat(encoding.call()).asString().contains("\"line\":\"ordinary\"").contains("\"logger\":");
        assertThat(loader.loaded()).contains(LoggingEventReader.class.getName());
        assertThat(loader.loaded()).doesNotContain(AccessEventReader.class.getName());
    }

    @Test
    void reportsTheLinkageErrorOfTheLastEventOnly() {
        NoClassDefFoundError missing = new NoClassDefFoundError("com/example/Missing");
        LineEncoder<ILoggingEvent> encoder = new Formats<ILoggingEvent>()
                .layout(event -> {
                    if (event.getMessage().equals("ordinary")) {
                        throw missing;
                    }
                    return event.getMessage();
                })
                .encoder();
        WireLines.single(encoder, logEvent());
        assertThat(encoder.linkageError()).isSameAs(missing);

        LoggingEvent next = new LoggingEvent();
        next.setMessage("next");
        next.setLoggerContext(new LoggerContext());
        next.setMDCPropertyMap(Map.of());
        WireLines.single(encoder, next);
        assertThat(encoder.linkageError()).isNull();
        assertThat(encoder.fellBack()).isFalse();
    }

    /** Runs in a separate class loader. */
    public static final class EncodesALogEvent implements Callable<String> {

        public EncodesALogEvent() {}

        @Override
        public String call() {
            LineEncoder<ILoggingEvent> encoder = new Formats<ILoggingEvent>().encoder();
            encoder.encode(logEvent());
            return encoder.fellBack()
                    ? "fell back: " + encoder.linkageError()
                    : new String(encoder.buffer(), 0, encoder.length(), StandardCharsets.UTF_8);
        }
    }

    private static LoggingEvent logEvent() {
        LoggingEvent event = new LoggingEvent(
                "", new LoggerContext().getLogger("com.example.Orders"), Level.INFO, "ordinary", null, null);
        event.setMDCPropertyMap(Map.of());
        return event;
    }

    private static IAccessEvent request(int status) {
        return (IAccessEvent) Proxy.newProxyInstance(
                EventReaderTest.class.getClassLoader(),
                new Class<?>[] {IAccessEvent.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getMethod" -> "GET";
                    case "getRequestURI" -> "/orders";
                    case "getStatusCode" -> status;
                    default -> method.getReturnType() == long.class ? 0L : null;
                });
    }
}
