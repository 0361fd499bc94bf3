package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Proxy;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.BasicMarkerFactory;

/** Events that are endless, huge or wrong. The assertions are about sizes; the timeout only ends a hanging test. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileEventTest {

    private final LineEncoder<ILoggingEvent> encoder = new Formats<ILoggingEvent>().encoder();
    private final LoggingEvent event = event("message");

    private static LoggingEvent event(String message) {
        return event(message, "main", Map.of());
    }

    private static LoggingEvent event(String message, String thread, Map<String, String> mdc) {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger("Orders"), Level.INFO, message, null, null);
        event.setThreadName(thread);
        event.setMDCPropertyMap(mdc);
        return event;
    }

    private JsonNode meta() {
        return meta(event);
    }

    private JsonNode meta(LoggingEvent event) {
        JsonNode line = WireLines.single(encoder, event);
        assertThat(encoder.fellBack()).isFalse();
        assertThat(line.at("/meta/logger").textValue()).isEqualTo("Orders");
        return line.get("meta");
    }

    // Markers

    @Test
    void boundsMarkersThatRepeatReferences() {
        Marker known = new BasicMarkerFactory().getMarker("AUDIT");
        int[] asked = {0};
        event.addMarker(marker("TRAP", () -> {
            asked[0]++;
            return known;
        }));
        event.addMarker(known);
        assertThat(meta().get("markers").toString()).isEqualTo("[\"TRAP\",\"AUDIT\",\"… [cut]\"]");
        assertThat(asked[0]).isLessThan(5_000);
    }

    @Test
    void boundsMarkersThatGenerateNames() {
        int[] made = {0};
        event.addMarker(marker("TRAP", () -> marker("M" + made[0]++, () -> null)));
        JsonNode markers = meta().get("markers");
        assertThat(markers).hasSize(257);
        assertThat(markers.get(256).textValue()).isEqualTo("… [cut]");
        assertThat(made[0]).isLessThan(5_000);
    }

    @Test
    void boundsAnEndlessListOfMarkers() {
        List<Marker> endless = endlessList(new BasicMarkerFactory().getMarker("AUDIT"));
        ILoggingEvent trap =
                new LoggingEvent("", new LoggerContext().getLogger("Orders"), Level.INFO, "m", null, null) {
                    @Override
                    public List<Marker> getMarkerList() {
                        return endless;
                    }

                    @Override
                    public Map<String, String> getMDCPropertyMap() {
                        return Map.of();
                    }
                };
        assertThat(WireLines.single(encoder, trap).at("/meta/markers").toString())
                .isEqualTo("[\"AUDIT\",\"… [cut]\"]");
    }

    @Test
    void comparesLongNamesOfMarkersByTheirHash() {
        BasicMarkerFactory factory = new BasicMarkerFactory();
        String prefix = "x".repeat(10_000);
        for (int i = 0; i < 300; i++) {
            event.addMarker(factory.getMarker(prefix + i));
        }
        assertThat(meta().get("markers").toString()).contains("… [cut]");
    }

    // Fields

    @Test
    void renamesThousandsOfFieldsWithReservedNames() {
        StringBuilder name = new StringBuilder("logger");
        for (int i = 0; i < 15_000; i++) {
            event.addKeyValuePair(new KeyValuePair(name.toString(), i));
            name.insert(0, '_');
        }
        JsonNode meta = meta();
        // Names longer than 1,024 characters are left out, and most of the others because there is no room.
        assertThat(meta.size() - 3 + meta.get("_fieldsLeftOut").intValue()).isEqualTo(15_000);
        assertThat(meta.get("_logger").intValue()).isEqualTo(1);
    }

    @Test
    void readsANameThatIsReplacedOnce() {
        Fields fields = new Fields();
        for (int i = 0; i < 1_000; i++) {
            fields.put(FieldName.of("_".repeat(i) + "logger"), i);
        }
        FieldName name = fields.shippedName(0);
        assertThat(name.text).isEqualTo("_".repeat(1_000) + "logger");
        assertThat(fields.shippedName(0)).isSameAs(name);
    }

    @Test
    void boundsEndlessPairs() {
        for (List<KeyValuePair> endless :
                List.of(endlessList(new KeyValuePair("key", 1)), new EndlessRandomAccess(new KeyValuePair("key", 1)))) {
            event.setKeyValuePairs(endless);
            JsonNode meta = meta();
            assertThat(meta.get("key").intValue()).isEqualTo(1);
            assertThat(meta.get("_fieldsLeftOut").intValue()).isPositive();
        }
    }

    @Test
    @SuppressWarnings("JdkObsolete") // programs use it
    void readsALinkedListOfPairsInOnePass() {
        int[] steps = {0};
        List<KeyValuePair> linked = new LinkedList<>() {
            @Override
            public KeyValuePair get(int index) {
                steps[0] += index;
                return super.get(index);
            }
        };
        for (int i = 0; i < 10_000; i++) {
            linked.add(new KeyValuePair("k" + i, i));
        }
        event.setKeyValuePairs(linked);
        assertThat(meta().get("_fieldsLeftOut").intValue()).isGreaterThan(5_000);
        assertThat(steps[0]).isZero();
    }

    @Test
    void doesNotReadTextsOfFieldsThatDoNotFit() {
        int[] asked = {0};
        List<KeyValuePair> pairs = new ArrayList<>();
        for (int i = 0; i < 60_000; i++) {
            pairs.add(new KeyValuePair("k" + i, new Object() {
                @Override
                public String toString() {
                    asked[0]++;
                    return "text";
                }
            }));
        }
        event.setKeyValuePairs(pairs);
        JsonNode meta = meta();
        assertThat(meta.get("_fieldsLeftOut").intValue() + meta.size() - 3).isEqualTo(60_000);
        assertThat(asked[0]).isLessThan(10_000);
    }

    @Test
    void boundsAnEndlessMdc() {
        LoggingEvent event = event("message", "main", new AbstractMap<>() {
            @Override
            public Set<Map.Entry<String, String>> entrySet() {
                return Set.of();
            }

            @Override
            public boolean isEmpty() {
                return false;
            }

            @Override
            public void forEach(BiConsumer<? super String, ? super String> action) {
                while (true) {
                    action.accept("key", "value");
                }
            }
        });
        JsonNode meta = meta(event);
        assertThat(meta.get("key").textValue()).isEqualTo("value");
        assertThat(meta.get("_fieldsLeftOut").intValue()).isPositive();
    }

    @Test
    void omitsHugeNamesWithoutCuttingAValue() {
        Map<String, String> mdc = new HashMap<>();
        for (int i = 0; i < 20; i++) {
            mdc.put("n".repeat(1_000_000) + i, "value");
        }
        mdc.put("text", "t".repeat(20_000));
        JsonNode meta = meta(event("message", "main", mdc));
        assertThat(meta.get("_fieldsLeftOut").intValue()).isEqualTo(20);
        assertThat(meta.get("text").textValue()).hasSize(20_000);
    }

    @Test
    void skipsNamesThatCannotFit() {
        Map<String, String> mdc = new HashMap<>();
        for (int i = 0; i < 8_000; i++) {
            mdc.put("\u0001".repeat(1_000) + i, "");
        }
        JsonNode meta = meta(event("message", "main", mdc));
        assertThat(meta.get("_fieldsLeftOut").intValue() + meta.size() - 3).isEqualTo(8_000);
    }

    @Test
    void keepsOnlyThePartOfLongTextsThatCanShip() {
        // Created on demand, because all of them exceed the heap of a small service.
        List<KeyValuePair> pairs = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            pairs.add(new KeyValuePair("k" + i, new Object() {
                @Override
                public String toString() {
                    return "\u00eb\u4e00".repeat(500_000);
                }
            }));
        }
        event.setKeyValuePairs(pairs);
        JsonNode meta = meta();
        assertThat(meta.size()).isEqualTo(302);
        assertThat(meta.get("k299").textValue()).endsWith("… [cut]");
    }

    @Test
    void omitsOnlyTheNumberThatThrows() {
        LongAccumulator throwing =
                new LongAccumulator(
                        (a, b) -> {
                            throw new IllegalStateException();
                        },
                        0) {
                    private static final long serialVersionUID = 1;

                    @Override
                    public long longValue() {
                        throw new IllegalStateException();
                    }
                };
        event.addKeyValuePair(new KeyValuePair("bad", throwing));
        event.addKeyValuePair(new KeyValuePair("good", 1));
        JsonNode meta = meta();
        assertThat(meta.get("bad").textValue()).isEqualTo("[FAILED toString()]");
        assertThat(meta.get("good").intValue()).isEqualTo(1);
    }

    // Exceptions

    @Test
    void printsThousandsOfCausesWithoutRecursion() throws Exception {
        ThrowableProxy first = new ThrowableProxy(bare("first"));
        IThrowableProxy chain = first;
        for (int i = 0; i < 10_000; i++) {
            chain = proxy("cause-" + i, chain, null);
        }
        event.setThrowableProxy(proxyOf(chain));
        String[] text = new String[1];
        Thread smallStack =
                new Thread(null, () -> text[0] = joined(WireLines.of(encoder, event)), "small stack", 256 * 1024);
        smallStack.start();
        smallStack.join();
        assertThat(encoder.fellBack()).isFalse();
        assertThat(text[0]).contains("cause-9999", "cause-0", "first").doesNotContain("is cut]");
    }

    @Test
    void boundsEndlessCauses() {
        IThrowableProxy[] self = new IThrowableProxy[1];
        self[0] = proxy("again", null, null, () -> self[0]);
        assertCut(self[0]);
    }

    @Test
    void boundsEndlessSuppressedExceptions() {
        IThrowableProxy[] self = new IThrowableProxy[1];
        IThrowableProxy[] suppressed = new IThrowableProxy[2];
        self[0] = proxy("again", null, suppressed);
        suppressed[0] = self[0];
        suppressed[1] = self[0];
        assertCut(self[0]);
    }

    @Test
    void boundsHugeNumbersOfSuppressedExceptions() {
        Exception exception = bare("failed");
        for (int i = 0; i < 100_000; i++) {
            exception.addSuppressed(bare("on close, number " + i));
        }
        assertCut(new ThrowableProxy(exception));
    }

    private void assertCut(IThrowableProxy throwable) {
        String text = new StackTraces().append("message", throwable);
        assertThat(text).startsWith("message").endsWith("… [the rest of the stack trace is cut]");
        assertThat(text.length()).isLessThan(64 * 16_000);
    }

    @Test
    void printsAnExceptionThatHasNoFrames() {
        event.setThrowableProxy(proxyOf(proxy("no frames", null, null)));
        assertThat(WireLines.single(encoder, event).get("line").textValue()).endsWith("no frames");
        assertThat(encoder.fellBack()).isFalse();
    }

    // Texts

    @Test
    void shipsNoMoreThan64PartsOfAHundredMegabytes() {
        List<JsonNode> lines = WireLines.of(encoder, event("x".repeat(100_000_000)));
        assertThat(lines).hasSize(64);
        assertThat(lines.get(63).get("line").textValue()).contains(" bytes cut]");
    }

    @Test
    void cutsTheNameOfAThreadInEachPartOfALongLine() {
        LoggingEvent huge = event("y".repeat(2_000_000), "t".repeat(10_000_000), Map.of());
        assertThat(WireLines.of(encoder, huge)).hasSize(64).allSatisfy(line -> assertThat(
                        line.at("/meta/thread").textValue())
                .endsWith("… [cut]"));
    }

    // After a failure

    @Test
    void writesWholeLinesAfterAnErrorAtAnyDepthOfTheStack() throws Exception {
        // The stack overflows at another place in the encoder each time.
        List<String> broken = Collections.synchronizedList(new ArrayList<>());
        Thread small = new Thread(null, () -> dive(broken, 0), "small stack", 256 * 1024);
        small.start();
        small.join();
        assertThat(broken).isEmpty();
    }

    /** Encodes at each depth until the stack overflows, and checks on the way back that the encoder still works. */
    @SuppressWarnings("InfiniteRecursion") // until the stack ends
    private void dive(List<String> broken, int depth) {
        LineEncoder<ILoggingEvent> mine = encoder.sibling();
        LoggingEvent rich = event("message " + depth);
        rich.addKeyValuePair(new KeyValuePair("leftover" + depth, Map.of("a", 1)));
        boolean returned = false;
        try {
            mine.encode(rich);
            returned = true;
            dive(broken, depth + 1);
        } catch (StackOverflowError e) {
            if (!returned) {
                throw e; // this encoder must not be used again
            }
        }
        if (depth % 16 == 0 && depth < 400) {
            LoggingEvent next = event("next");
            next.setTimeStamp(rich.getTimeStamp());
            String meta = WireLines.single(mine, next).get("meta").toString();
            if (!meta.equals("{\"logger\":\"Orders\",\"thread\":\"main\"}")) {
                broken.add(meta);
            }
        }
    }

    private static Exception bare(String message) {
        Exception exception = new Exception(message);
        exception.setStackTrace(new StackTraceElement[0]);
        return exception;
    }

    private static String joined(List<JsonNode> lines) {
        StringBuilder joined = new StringBuilder();
        lines.forEach(line -> joined.append(line.get("line").textValue()));
        return joined.toString();
    }

    private static IThrowableProxy proxy(String message, IThrowableProxy cause, IThrowableProxy[] suppressed) {
        return proxy(message, cause, suppressed, () -> cause);
    }

    private static IThrowableProxy proxy(
            String message, IThrowableProxy ignored, IThrowableProxy[] suppressed, Supplier<IThrowableProxy> cause) {
        return (IThrowableProxy) Proxy.newProxyInstance(
                HostileEventTest.class.getClassLoader(),
                new Class<?>[] {IThrowableProxy.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getMessage" -> message;
                    case "getClassName" -> "com.example.Failure";
                    case "getCause" -> cause.get();
                    case "getSuppressed" -> suppressed;
                    case "getStackTraceElementProxyArray" -> (StackTraceElementProxy[]) null;
                    case "getCommonFrames" -> 0;
                    case "isCyclic" -> false;
                    default -> null;
                });
    }

    /** Logback's event accepts only its own class. */
    private static ThrowableProxy proxyOf(IThrowableProxy throwable) {
        return new ThrowableProxy(bare(throwable.getMessage())) {
            @Override
            public IThrowableProxy getCause() {
                return throwable.getCause();
            }
        };
    }

    private static Marker marker(String name, Supplier<Marker> references) {
        return (Marker) Proxy.newProxyInstance(
                HostileEventTest.class.getClassLoader(),
                new Class<?>[] {Marker.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getName" -> name;
                    case "hasReferences" -> true;
                    case "iterator" -> endless(references.get() == null ? null : references);
                    case "equals" -> proxy == args[0];
                    case "hashCode" -> name.hashCode();
                    default -> null;
                });
    }

    private static Iterator<Marker> endless(Supplier<Marker> next) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Marker next() {
                return next.get();
            }
        };
    }

    private static <T> List<T> endlessList(T value) {
        return new AbstractList<>() {
            @Override
            public T get(int index) {
                return value;
            }

            @Override
            public int size() {
                return Integer.MAX_VALUE;
            }

            @Override
            public Iterator<T> iterator() {
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return true;
                    }

                    @Override
                    public T next() {
                        return value;
                    }
                };
            }
        };
    }

    private static final class EndlessRandomAccess extends AbstractList<KeyValuePair> implements RandomAccess {
        private final KeyValuePair value;

        EndlessRandomAccess(KeyValuePair value) {
            this.value = value;
        }

        @Override
        public KeyValuePair get(int index) {
            return value;
        }

        @Override
        public int size() {
            return Integer.MAX_VALUE;
        }
    }
}
