package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.BasicMarkerFactory;

class LineEncoderTest {

    private static final long NOW = 1_700_000_000_123L;
    private static final String EMOJI = "\uD83D\uDE00";

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("com.example.Orders");
    private final Map<String, String> mdc = new HashMap<>();

    @BeforeEach
    void giveTheContextAnMdc() {
        context.setMDCAdapter(new ch.qos.logback.classic.util.LogbackMDCAdapter());
    }

    private static Formats<ILoggingEvent> format() {
        return new Formats<>();
    }

    private LoggingEvent event(String message, Object... args) {
        LoggingEvent event = new LoggingEvent(Logger.FQCN, logger, Level.INFO, message, null, args);
        event.setTimeStamp(NOW);
        event.setThreadName("main");
        event.setMDCPropertyMap(mdc);
        return event;
    }

    private JsonNode line(ILoggingEvent event) {
        return WireLines.single(format().encoder(), event);
    }

    private JsonNode meta(ILoggingEvent event) {
        return line(event).get("meta");
    }

    private LoggingEvent withPair(String key, Object value) {
        LoggingEvent event = event("message");
        event.addKeyValuePair(new KeyValuePair(key, value));
        return event;
    }

    private static String joined(List<JsonNode> lines) {
        return lines.stream().map(line -> line.get("line").textValue()).collect(Collectors.joining());
    }

    // The line

    @Test
    void writesAnEventAsOneObjectCommaNewline() {
        mdc.put("request", "r-1");
        LineEncoder<ILoggingEvent> encoder = format().env("prod").encoder();
        assertThat(encoder.encode(event("Order {} of {}", 17, "Ann"))).isEqualTo(1);
        assertThat(new String(encoder.buffer(), 0, encoder.length(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"timestamp\":1700000000123,\"line\":\"Order 17 of Ann\",\"level\":\"INFO\","
                        + "\"app\":\"orders\",\"env\":\"prod\",\"meta\":{\"logger\":\"com.example.Orders\","
                        + "\"thread\":\"main\",\"request\":\"r-1\"}},\n");
        assertThat(encoder.fellBack()).isFalse();
    }

    @Test
    void keepsNothingOfThePreviousEvent() {
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        for (long timestamp : new long[] {0, NOW, NOW, NOW + 1, 0}) {
            for (String thread : List.of("main", "dw-1 - GET /orders", "main")) {
                LoggingEvent event = new LoggingEvent(Logger.FQCN, logger, Level.INFO, "message", null, null);
                event.setTimeStamp(timestamp);
                event.setThreadName(thread);
                event.setMDCPropertyMap(mdc);
                assertThat(WireLines.single(encoder, event).toString())
                        .isEqualTo("{\"timestamp\":%d,\"line\":\"message\",\"level\":\"INFO\",\"app\":\"orders\","
                                        .formatted(timestamp)
                                + "\"meta\":{\"logger\":\"com.example.Orders\",\"thread\":\"%s\"}}"
                                        .formatted(thread.startsWith("dw") ? "dw-1" : "main"));
            }
        }
    }

    @Test
    void writesAnEmptyMetaForAnEventThatHasNothingForIt() {
        LoggingEvent event = new LoggingEvent();
        event.setMessage("message");
        event.setLevel(Level.INFO);
        event.setThreadName("main");
        event.setMDCPropertyMap(mdc);
        JsonNode named = line(event);
        assertThat(named.get("meta").toString()).isEqualTo("{\"thread\":\"main\"}");

        LoggingEvent nameless = new LoggingEvent() {
            @Override
            public String getThreadName() {
                return null;
            }
        };
        nameless.setMessage("message");
        nameless.setLevel(Level.INFO);
        nameless.setMDCPropertyMap(mdc);
        assertThat(line(nameless).get("meta").toString()).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " - GET /orders"})
    void omitsTheThreadIfItHasNoName(String name) {
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        for (String thread : List.of("main", name, name, "main")) {
            LoggingEvent event = new LoggingEvent();
            event.setMessage("message");
            event.setLevel(Level.INFO);
            event.setThreadName(thread);
            event.setMDCPropertyMap(mdc);
            assertThat(WireLines.single(encoder, event).get("meta").toString())
                    .isEqualTo(thread.equals("main") ? "{\"thread\":\"main\"}" : "{}");
        }
    }

    @Test
    void leavesOutAnEnvThatIsNotSet() {
        assertThat(line(event("message")).has("env")).isFalse();
    }

    @Test
    void cutsAnAppAt512CharactersAndNotInsideAPair() {
        LineEncoder<ILoggingEvent> encoder =
                format().app("a".repeat(511) + EMOJI).encoder();
        assertThat(WireLines.single(encoder, event("message")).get("app").textValue())
                .isEqualTo("a".repeat(511));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR"})
    void namesTheLevelAsLogbackDoes(String level) {
        LoggingEvent event = new LoggingEvent("", logger, Level.valueOf(level), "message", null, null);
        event.setMDCPropertyMap(mdc);
        assertThat(line(event).get("level").textValue()).isEqualTo(level);
    }

    @Test
    void writesNullForANullMessage() {
        assertThat(line(event(null)).get("line").textValue()).isEqualTo("null");
    }

    @Test
    void appendsTheStackTraceWithCausesAndSuppressedToTheMessage() {
        Exception exception = new IllegalStateException("outer", new RuntimeException("inner"));
        exception.addSuppressed(new java.io.IOException("on close"));
        LoggingEvent event = event("failed");
        event.setThrowableProxy(new ThrowableProxy(exception));
        JsonNode line = line(event);
        assertThat(line.get("line").textValue())
                .startsWith("failed" + System.lineSeparator() + "java.lang.IllegalStateException: outer")
                .contains("Caused by: java.lang.RuntimeException: inner", "Suppressed: java.io.IOException: on close")
                .doesNotEndWith("\n");
        assertThat(line.at("/meta/exception").toString())
                .isEqualTo("{\"class\":\"java.lang.IllegalStateException\",\"message\":\"outer\"}");
    }

    @Test
    void stopsAtCyclicCauses() {
        Exception a = new Exception("a");
        Exception b = new Exception("b", a);
        a.initCause(b);
        LoggingEvent event = event("failed");
        event.setThrowableProxy(new ThrowableProxy(a));
        assertThat(line(event).get("line").textValue()).contains("CIRCULAR REFERENCE");
    }

    @Test
    void leavesOutTheMessageOfAnExceptionThatHasNone() {
        LoggingEvent event = event("failed");
        event.setThrowableProxy(new ThrowableProxy(new Exception()));
        assertThat(meta(event).get("exception").toString()).isEqualTo("{\"class\":\"java.lang.Exception\"}");
    }

    @Test
    void takesTheLayoutsTextWithoutTrailingLineBreaks() {
        LoggingEvent event = event("failed");
        event.setThrowableProxy(new ThrowableProxy(new Exception("not in the layout")));
        LineEncoder<ILoggingEvent> encoder =
                format().layout(e -> "> " + e.getMessage() + " \r\n\n").encoder();
        assertThat(WireLines.single(encoder, event).get("line").textValue()).isEqualTo("> failed ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a {}", "{\"level\":\"x\"} \n\t", "}", "}\u00a0\ufeff"})
    void keepsTheServerFromParsingALineThatEndsInABrace(String text) {
        assertThat(line(event(text)).get("line").textValue()).isEqualTo(text + ".");
        LineEncoder<ILoggingEvent> parsing = format().parseJson().encoder();
        assertThat(WireLines.single(parsing, event(text)).get("line").textValue())
                .isEqualTo(text);
    }

    // Oversize lines

    @Test
    void doesNotCutALineJustUnderTheLimit() {
        String text = "x".repeat(15_998);
        assertThat(line(event(text)).get("line").textValue()).isEqualTo(text);
        assertThat(WireLines.of(format().encoder(), event(text + "xx"))).hasSize(2);
    }

    @Test
    void countsBytesAndNotCharacters() {
        assertThat(WireLines.of(format().encoder(), event("é".repeat(7_999)))).hasSize(1);
        assertThat(WireLines.of(format().encoder(), event("é".repeat(8_000)))).hasSize(2);
    }

    @Test
    void splitsALongLineIntoNumberedParts() {
        mdc.put("request", "r-1");
        mdc.put("linePart", "mine");
        String text = "0123456789".repeat(4_000);
        List<JsonNode> lines = WireLines.of(format().encoder(), event(text));
        assertThat(joined(lines)).isEqualTo(text);
        List<JsonNode> metas = lines.stream().map(line -> line.get("meta")).toList();
        String loggerAndThread = "\"logger\":\"com.example.Orders\",\"thread\":\"main\"";
        assertThat(metas)
                .containsExactly(
                        WireLines.json("{\"linePart\":1,\"lineParts\":3," + loggerAndThread
                                + ",\"_linePart\":\"mine\",\"request\":\"r-1\"}"),
                        WireLines.json("{\"linePart\":2,\"lineParts\":3," + loggerAndThread + "}"),
                        WireLines.json("{\"linePart\":3,\"lineParts\":3," + loggerAndThread + "}"));
    }

    @Test
    void keepsALinePartFieldInALineThatIsNotSplit() {
        mdc.put("linePart", "mine");
        assertThat(meta(event("short")).get("linePart").textValue()).isEqualTo("mine");
    }

    @Test
    void cutsAfterALineBreakInTheSecondHalfOfTheWindow() {
        String text = "x".repeat(10_000) + "\n" + "y".repeat(10_000);
        List<JsonNode> lines = WireLines.of(format().encoder(), event(text));
        assertThat(lines.get(0).get("line").textValue()).isEqualTo("x".repeat(10_000) + "\n");
        assertThat(joined(lines)).isEqualTo(text);
    }

    @Test
    void doesNotCutAfterALineBreakInTheFirstHalfOfTheWindow() {
        for (String rest : List.of("y", " ")) {
            String text = "x".repeat(1_000) + "\n" + rest.repeat(19_000);
            List<JsonNode> lines = WireLines.of(format().encoder(), event(text));
            assertThat(lines.get(0).get("line").textValue()).hasSize(15_998);
        }
    }

    @Test
    void avoidsPartsThatEndInABrace() {
        String text = "x".repeat(12_000) + "\n" + "y".repeat(2_000) + "}  \n" + "z".repeat(10_000);
        List<JsonNode> lines = WireLines.of(format().encoder(), event(text));
        assertThat(lines.get(0).get("line").textValue()).isEqualTo("x".repeat(12_000) + "\n");
        assertThat(joined(lines)).isEqualTo(text);
        List<JsonNode> atTheWindowsEnd = WireLines.of(format().encoder(), event("x".repeat(15_990) + "}".repeat(100)));
        assertThat(atTheWindowsEnd.get(0).get("line").textValue()).isEqualTo("x".repeat(15_990));
    }

    @Test
    void addsAPeriodToAPartThatMustEndInABrace() {
        List<JsonNode> lines = WireLines.of(format().encoder(), event("}".repeat(20_000)));
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.get("line").textValue()).endsWith("}."));
        assertThat(joined(lines).replace(".", "")).isEqualTo("}".repeat(20_000));
    }

    @Test
    void marksTheCutAfter64Parts() {
        String text = "é".repeat(800_000);
        List<JsonNode> lines = WireLines.of(format().encoder(), event(text));
        assertThat(lines).hasSize(64);
        assertThat(lines.get(63).at("/meta/lineParts").intValue()).isEqualTo(64);
        String all = joined(lines);
        String kept = all.substring(0, all.indexOf(" … ["));
        assertThat(all.substring(kept.length()))
                .isEqualTo(" … [" + 2 * (text.length() - kept.length()) + " bytes cut]");
        assertThat(text).startsWith(kept);
    }

    @Test
    void truncatesIfConfigured() {
        LineEncoder<ILoggingEvent> encoder = format().truncate().encoder();
        String line =
                WireLines.single(encoder, event("x".repeat(20_000))).get("line").textValue();
        assertThat(line)
                .hasSizeBetween(15_950, 15_999)
                .endsWith("x … [" + (20_000 - line.indexOf(' ')) + " bytes cut]");
    }

    @Test
    void neverSplitsTheJsonOfALayout() {
        LineEncoder<ILoggingEvent> encoder = format().parseJson()
                .layout(e -> "{\"message\":\"" + e.getMessage() + "\"}\n")
                .encoder();
        assertThat(WireLines.single(encoder, event("x".repeat(20_000)))
                        .get("line")
                        .textValue())
                .endsWith(" bytes cut]");
        assertThat(WireLines.of(format().layout(ILoggingEvent::getMessage).encoder(), event("x".repeat(20_000))))
                .hasSize(2);
    }

    @Test
    void freesTheMemoryOfAHugeLine() {
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        encoder.encode(event("\u0001".repeat(1_000_000)));
        assertThat(encoder.buffer().length).isGreaterThan(1_000_000);
        encoder.clear();
        assertThat(encoder.buffer()).hasSizeLessThanOrEqualTo(64 * 1024);
        encoder.encode(event("\u0001".repeat(1_000_000)));
        encoder.encode(event("short"));
        assertThat(encoder.buffer()).hasSizeLessThanOrEqualTo(64 * 1024);
    }

    // Fields

    @ParameterizedTest
    @CsvSource({
        "dw-42 - GET /orders?customer=7, dw-42",
        "dw-42 - POST /, dw-42",
        "dw-42 - AZ /, dw-42",
        "dw-42 - A@ /, dw-42 - A@ /",
        "dw-42 - Z[ /, dw-42 - Z[ /",
        "pool - 3 - DELETE /a - GET /b, pool - 3",
        "reader - of /files, reader - of /files",
        "reader - GET, reader - GET",
        "reader -  /files, reader -  /files",
        "plain, plain"
    })
    void takesTheRequestOffTheThreadsName(String name, String shipped) {
        LoggingEvent event = new LoggingEvent("", logger, Level.INFO, "message", null, null);
        event.setThreadName(name);
        event.setMDCPropertyMap(mdc);
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        for (int i = 0; i < 2; i++) {
            assertThat(WireLines.single(encoder, event).at("/meta/thread").textValue())
                    .isEqualTo(shipped);
        }
    }

    @Test
    void distinguishesNamesWithTheSameSlotInTheCache() {
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                LoggingEvent event = new LoggingEvent("", logger, Level.INFO, "message", null, null);
                event.setLoggerName("logger-" + i);
                event.setThreadName("t" + i + " - GET /x");
                event.setMDCPropertyMap(Map.of());
                JsonNode meta = WireLines.single(encoder, event).get("meta");
                assertThat(meta.get("logger").textValue()).isEqualTo("logger-" + i);
                assertThat(meta.get("thread").textValue()).isEqualTo("t" + i);
            }
        }
    }

    @Test
    void keepsTheMostLocalValueOfAName() {
        Map<String, Object> fixed = Map.of("a", "fixed", "b", "fixed", "c", "fixed");
        mdc.put("b", "mdc");
        mdc.put("c", "mdc");
        LoggingEvent event = withPair("c", "pair");
        event.addKeyValuePair(new KeyValuePair("c", "later pair"));
        JsonNode meta = WireLines.single(format().meta(fixed).encoder(), event).get("meta");
        assertThat(meta)
                .isEqualTo(WireLines.json("{\"logger\":\"com.example.Orders\",\"thread\":\"main\","
                        + "\"a\":\"fixed\",\"b\":\"mdc\",\"c\":\"later pair\"}"));
    }

    @Test
    void putsAnUnderscoreBeforeAProgramsFieldOfOurName() {
        mdc.put("logger", "mdc");
        LoggingEvent event = withPair("_logger", "kept");
        event.addKeyValuePair(new KeyValuePair("caller", 1));
        JsonNode meta = WireLines.single(
                        format().meta(Map.of("thread", "fixed")).encoder(), event)
                .get("meta");
        assertThat(meta)
                .isEqualTo(WireLines.json("{\"logger\":\"com.example.Orders\",\"thread\":\"main\","
                        + "\"__logger\":\"mdc\",\"_logger\":\"kept\",\"_caller\":1,\"_thread\":\"fixed\"}"));
    }

    @Test
    void keepsFixedFieldsAsTheyAreConfigured() {
        Map<String, Object> fixed = new HashMap<>();
        fixed.put("nested", Map.of("list", List.of(1, "two")));
        fixed.put("number", 1.5);
        fixed.put("none", null);
        JsonNode meta = WireLines.single(format().meta(fixed).encoder(), event("message"))
                .get("meta");
        assertThat(meta.get("nested").toString()).isEqualTo("{\"list\":[1,\"two\"]}");
        assertThat(meta.get("number").doubleValue()).isEqualTo(1.5);
        assertThat(meta.has("none")).isFalse();
    }

    @Test
    void shipsTheTextOfAFixedFieldThatCannotBeWrittenAsJson() {
        Object opaque = new Object() {
            @Override
            public String toString() {
                return "opaque";
            }
        };
        JsonNode meta = WireLines.single(
                        format().meta(Map.of("list", List.of(opaque))).encoder(), event("message"))
                .get("meta");
        assertThat(meta.get("list").textValue()).isEqualTo("[opaque]");
    }

    @Test
    void shipsIncludedMdcEntriesUnlessTheyAreExcluded() {
        mdc.putAll(Map.of("a", "1", "b", "2", "c", "3"));
        mdc.put("a", null);
        LineEncoder<ILoggingEvent> encoder =
                format().includes("a", "b", "c").excludes("c").encoder();
        mdc.put("d", "4");
        assertThat(WireLines.single(encoder, event("message")).get("meta").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("logger", "thread", "b");
    }

    @Test
    void keepsTheTypesOfPairs() {
        Map<Object, String> expected = Map.ofEntries(
                Map.entry(1, "1"),
                Map.entry(Long.MIN_VALUE, "-9223372036854775808"),
                Map.entry((short) -7, "-7"),
                Map.entry((byte) 0, "0"),
                Map.entry(2.5d, "2.5"),
                Map.entry(0.5f, "0.5"),
                Map.entry(true, "true"),
                Map.entry(BigInteger.TEN.pow(30), "1" + "0".repeat(30)),
                Map.entry(new BigDecimal("12.50"), "12.50"),
                Map.entry(new AtomicLong(99), "99"),
                Map.entry("text", "\"text\""),
                Map.entry('c', "\"c\""),
                Map.entry(Duration.ofSeconds(1), "\"PT1S\""));
        expected.forEach((value, json) ->
                assertThat(meta(withPair("key", value)).get("key")).isEqualTo(WireLines.json(json)));
    }

    @Test
    void leavesOutNullNanInfinitiesAndNullKeys() {
        for (Object value : Arrays.asList(null, Double.NaN, Float.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)) {
            assertThat(meta(withPair("key", value)).has("key")).isFalse();
        }
        assertThat(meta(withPair(null, "value")).size()).isEqualTo(2);
    }

    @Test
    void doesNotSpendSecondsOnAHugeNumber() {
        BigInteger huge = BigInteger.ONE.shiftLeft(50_000_000);
        assertThat(meta(withPair("key", huge)).get("key").textValue()).isEqualTo("[BigInteger of 50000001 bits]");
        assertThat(meta(withPair("key", new BigDecimal(huge, 3))).get("key").textValue())
                .isEqualTo("[BigDecimal of 50000001 bits]");
        assertThat(meta(withPair("key", new BigDecimal("1E+1000000000")))
                        .get("key")
                        .textValue())
                .isEqualTo("1E+1000000000");
    }

    @Test
    void doesNotTrustTheTextOfASubclassOfANumber() {
        BigInteger odd = new BigInteger("1") {
            @Override
            public String toString() {
                return "\",\"injected\":\"";
            }
        };
        assertThat(meta(withPair("key", odd)).get("key").textValue()).isEqualTo("\",\"injected\":\"");
    }

    @Test
    void replacesOnlyTheValueWhoseToStringThrows() {
        Object failing = new Object() {
            @Override
            public String toString() {
                throw new AssertionError("secret");
            }
        };
        LoggingEvent event = withPair("bad", failing);
        event.addKeyValuePair(new KeyValuePair("deep", new Object() {
            @Override
            public String toString() {
                return deep(0);
            }

            private String deep(int i) {
                return i < 0 ? "" : deep(i + 1 & Integer.MAX_VALUE) + i;
            }
        }));
        event.addKeyValuePair(new KeyValuePair("good", 1));
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        JsonNode meta = WireLines.single(encoder, event).get("meta");
        assertThat(meta.get("bad").textValue()).isEqualTo("[FAILED toString()]");
        assertThat(meta.get("deep").textValue()).isEqualTo("[FAILED toString()]");
        assertThat(meta.get("good").intValue()).isEqualTo(1);
        assertThat(encoder.fellBack()).isFalse();
    }

    @Test
    void namesAllMarkersOnceEvenWhenTheyReferToEachOther() {
        BasicMarkerFactory factory = new BasicMarkerFactory();
        Marker audit = factory.getMarker("AUDIT");
        Marker billing = factory.getMarker("BILLING");
        Marker nested = factory.getMarker("NESTED");
        audit.add(nested);
        nested.add(billing);
        LoggingEvent event = event("message");
        event.addMarker(audit);
        event.addMarker(billing);
        event.addMarker(MarkerFactory.getDetachedMarker("AUDIT"));
        assertThat(meta(event).get("markers").toString()).isEqualTo("[\"AUDIT\",\"NESTED\",\"BILLING\"]");
    }

    @Test
    void namesTheCallerOnlyIfConfigured() {
        LoggingEvent event = event("message");
        event.setCallerData(new StackTraceElement[] {new StackTraceElement("com.example.A", "run", "A.java", 12)});
        assertThat(meta(event).has("caller")).isFalse();
        LineEncoder<ILoggingEvent> encoder = format().callerData().encoder();
        assertThat(WireLines.single(encoder, event).at("/meta/caller").toString())
                .isEqualTo("{\"class\":\"com.example.A\",\"method\":\"run\",\"file\":\"A.java\",\"line\":12}");
        event.setCallerData(new StackTraceElement[0]);
        assertThat(WireLines.single(encoder, event).get("meta").has("caller")).isFalse();
    }

    @Test
    void findsTheCallerOfARealCall() {
        LineEncoder<ILoggingEvent> encoder = format().callerData().encoder();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                assertThat(WireLines.single(encoder, event)
                                .at("/meta/caller/method")
                                .textValue())
                        .isEqualTo("findsTheCallerOfARealCall");
                addInfo("seen");
            }
        };
        appender.setContext(context);
        appender.start();
        logger.addAppender(appender);
        logger.atInfo().addKeyValue("key", 1).log("message");
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .anyMatch(status -> status.getMessage().equals("seen"));
    }

    @Test
    void shipsMetaAsAStringThatHoldsJson() {
        mdc.put("quote", "\"\\\n");
        JsonNode meta = WireLines.single(format().metaAsString().encoder(), event("message"))
                .get("meta");
        assertThat(meta.isTextual()).isTrue();
        assertThat(WireLines.json(meta.textValue()).get("quote").textValue()).isEqualTo("\"\\\n");
    }

    // Too much meta

    @Test
    void cutsTheLongestValuesUntilAllFit() {
        mdc.put("short", "s".repeat(1_000));
        mdc.put("long", "é".repeat(40_000));
        mdc.put("longer", "\u0001".repeat(100_000));
        for (Formats<ILoggingEvent> format : List.of(format(), format().metaAsString())) {
            JsonNode meta = WireLines.single(format.encoder(), event("message")).get("meta");
            if (meta.isTextual()) {
                meta = WireLines.json(meta.textValue());
            }
            assertThat(meta.toString().length()).isGreaterThan(20_000);
            assertThat(meta.get("short").textValue()).hasSize(1_000);
            assertThat(meta.get("long").textValue()).endsWith("é… [cut]");
            assertThat(meta.get("longer").textValue())
                    .endsWith("… [cut]")
                    .hasSameSizeAs(meta.get("long").textValue());
        }
    }

    @Test
    void boundsTheWorkForAHugeValue() {
        mdc.put("huge", "x".repeat(100_000_000));
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        assertThat(WireLines.single(encoder, event("message")).at("/meta/huge").textValue())
                .hasSizeGreaterThan(31_000)
                .endsWith("x… [cut]");
        assertThat(encoder.buffer().length).isLessThan(300_000);
    }

    @Test
    void doesNotCutInsideASurrogatePair() {
        // Half of a pair is a byte shorter, so one of the four lengths has room for exactly that.
        for (String prefix : List.of("", "x", "xx", "xxx")) {
            mdc.put("long", prefix + EMOJI.repeat(20_000));
            assertThat(meta(event("message")).get("long").textValue()).doesNotContain("\ufffd");
        }
    }

    @Test
    void reportsTheNumberOfOmittedFields() {
        for (int i = 0; i < 5_000; i++) {
            mdc.put("field-number-" + i, "value");
        }
        mdc.put("_fieldsLeftOut", "mine");
        JsonNode meta = meta(event("message"));
        assertThat(meta.get("logger").textValue()).isEqualTo("com.example.Orders");
        assertThat(meta.get("__fieldsLeftOut").intValue() + meta.size()).isEqualTo(5_004);
        assertThat(meta.toString().length()).isGreaterThan(31_000);
    }

    @Test
    void leavesOutANameThatIsTooLongForAnyMeta() {
        mdc.put("n".repeat(50_000), "value");
        mdc.put("other", "value");
        JsonNode meta = meta(event("message"));
        assertThat(meta.get("_fieldsLeftOut").intValue()).isEqualTo(1);
        assertThat(meta.get("other").textValue()).isEqualTo("value");
    }

    @Test
    void leavesOutNamesLongerThan1024Characters() {
        String longest = "n".repeat(1_024);
        mdc.put(longest, "value");
        JsonNode meta = meta(withPair(longest, "pair"));
        assertThat(meta.get(longest).textValue()).isEqualTo("pair");
        assertThat(meta.has("_fieldsLeftOut")).isFalse();

        mdc.put(longest + "n", "value");
        assertThat(meta(event("message")).get("_fieldsLeftOut").intValue()).isEqualTo(1);
    }

    @Test
    void cutsValuesTo64CharactersAfterAMillion() {
        LoggingEvent event = withPair("k", "x".repeat(31_999));
        for (int i = 0; i < 31; i++) {
            event.addKeyValuePair(new KeyValuePair("k", "x".repeat(31_999)));
        }
        event.addKeyValuePair(new KeyValuePair("k", 1));
        event.addKeyValuePair(new KeyValuePair("whole", "w".repeat(64)));
        event.addKeyValuePair(new KeyValuePair("cut", "c".repeat(65)));
        JsonNode meta = meta(event);
        assertThat(meta.get("whole").textValue()).isEqualTo("w".repeat(64));
        assertThat(meta.get("cut").textValue()).isEqualTo("c".repeat(64) + "… [cut]");
    }

    @Test
    void overridesOneOfThousandsOfFields() {
        for (int i = 0; i < 500; i++) {
            mdc.put("k" + i, "mdc");
        }
        LoggingEvent event = withPair("k250", "pair");
        assertThat(meta(event).get("k250").textValue()).isEqualTo("pair");
        assertThat(meta(event).size()).isEqualTo(502);
    }

    // Failures

    @Test
    void fallsBackToTheBareMessage() {
        LineEncoder<ILoggingEvent> encoder = format().layout(e -> {
                    throw new StackOverflowError();
                })
                .encoder();
        mdc.put("request", "r-1");
        JsonNode line = WireLines.single(encoder, event("Order {} " + "x".repeat(20_000), 17));
        assertThat(encoder.fellBack()).isTrue();
        assertThat(line.get("line").textValue()).startsWith("Order {} xxx").endsWith(" bytes cut]");
        assertThat(line.get("timestamp").longValue()).isEqualTo(NOW);
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
        assertThat(line.get("meta").toString()).isEqualTo("{\"logger\":\"com.example.Orders\"}");
    }

    @Test
    void worksAgainAfterAFailure() {
        LineEncoder<ILoggingEvent> encoder = format().encoder();
        LoggingEvent broken = withPair("leftover", 1);
        broken.setKeyValuePairs(new java.util.AbstractList<>() {
            @Override
            public KeyValuePair get(int i) {
                if (i == 0) {
                    return new KeyValuePair("leftover", 1);
                }
                throw new IllegalStateException();
            }

            @Override
            public int size() {
                return 2;
            }
        });
        assertThat(WireLines.single(encoder, broken).get("meta").has("leftover"))
                .isFalse();
        assertThat(encoder.fellBack()).isTrue();
        JsonNode next = WireLines.single(encoder, event("next"));
        assertThat(encoder.fellBack()).isFalse();
        assertThat(next.get("line").textValue()).isEqualTo("next");
        assertThat(next.get("meta").size()).isEqualTo(2);
    }

    @Test
    void throwsIfEvenTheMessageFails() {
        LoggingEvent broken = new LoggingEvent() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("no message");
            }
        };
        assertThatThrownBy(() -> format().encoder().encode(broken)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sharesTheFormatWithOtherEncoders() {
        LineEncoder<ILoggingEvent> first = format().env("prod").encoder();
        LineEncoder<ILoggingEvent> second = first.sibling();
        assertThat(WireLines.single(second, event("message"))).isEqualTo(WireLines.single(first, event("message")));
    }
}
