package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** Maps, collections and arrays as the values of key-value pairs. */
class NestedValuesTest {

    private final LineEncoder<ILoggingEvent> encoder = new Formats<ILoggingEvent>().encoder();

    private JsonNode meta(Object value) {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger("Orders"), Level.INFO, "message", null, null);
        event.setThreadName("main");
        event.setMDCPropertyMap(Map.of());
        event.addKeyValuePair(new KeyValuePair("value", value));
        event.addKeyValuePair(new KeyValuePair("after", 1));
        JsonNode meta = WireLines.single(encoder, event).get("meta");
        assertThat(encoder.fellBack()).isFalse();
        assertThat(meta.get("after").intValue()).isEqualTo(1);
        return meta;
    }

    private JsonNode value(Object value) {
        return meta(value).get("value");
    }

    private static JsonNode json(String json) {
        return WireLines.json(json);
    }

    @Test
    void keepTheirStructureAndTheTypesOfTheirValues() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put("text", "a \"b\"\n");
        map.put("number", 7);
        map.put("price", 12.5);
        map.put("flag", true);
        map.put(42, Level.INFO);
        map.put("list", List.of(1, "two", Set.of(3)));
        map.put("empty", Map.of());
        assertThat(value(map))
                .isEqualTo(json("{\"text\":\"a \\\"b\\\"\\n\",\"number\":7,\"price\":12.5,\"flag\":true,"
                        + "\"42\":\"INFO\",\"list\":[1,\"two\",[3]],\"empty\":{}}"));
    }

    @Test
    void mayBeArraysOfAnyType() {
        assertThat(value(new int[] {1, 2})).isEqualTo(json("[1,2]"));
        assertThat(value(new boolean[] {true})).isEqualTo(json("[true]"));
        assertThat(value(new Object[] {"a", new byte[] {1}, new Object[0]})).isEqualTo(json("[\"a\",[1],[]]"));
        assertThat(value("text".toCharArray())).isEqualTo(json("\"text\""));
    }

    @Test
    void leaveOutNullNanAndInfinities() {
        Map<String, Object> map = new HashMap<>();
        map.put("null", null);
        map.put("nan", Double.NaN);
        map.put("kept", 1);
        map.put(null, "nameless");
        assertThat(value(map)).isEqualTo(json("{\"kept\":1,\"null\":\"nameless\"}"));
        assertThat(value(Arrays.asList(null, 1, Float.NEGATIVE_INFINITY, null, 2, null)))
                .isEqualTo(json("[1,2]"));
    }

    @Test
    void areThreeLevelsDeep() {
        assertThat(value(Map.of("a", Map.of("b", Map.of("c", 1))))).isEqualTo(json("{\"a\":{\"b\":{\"c\":1}}}"));
        assertThat(value(Map.of("a", List.of(List.of(List.of(1), 2))))).isEqualTo(json("{\"a\":[[\"… [cut]\",2]]}"));
    }

    @Test
    void stopAtCycles() {
        Map<String, Object> map = new LinkedHashMap<>();
        List<Object> list = new ArrayList<>();
        map.put("list", list);
        list.add(map);
        list.add(list);
        map.put("number", 1);
        assertThat(value(map)).isEqualTo(json("{\"list\":[\"… [cyclic]\",\"… [cyclic]\"],\"number\":1}"));
        assertThat(value(List.of(List.of(1), List.of(1)))).isEqualTo(json("[[1],[1]]"));
    }

    @Test
    void areCutWithAMarkIfTheyAreWide() {
        JsonNode list = value(Collections.nCopies(1_000_000, 7));
        assertThat(list).hasSize(1_001);
        assertThat(list.get(1_000).textValue()).isEqualTo("… [cut]");
        assertThat(value(new long[10_000_000])).hasSize(1_001);
        Map<String, Integer> wide = new LinkedHashMap<>();
        wide.put("_cut", 0);
        IntStream.range(1, 2_000).forEach(i -> wide.put("k" + i, i));
        JsonNode map = value(wide);
        assertThat(map).hasSize(1_001);
        assertThat(map.get("_cut").intValue()).isZero();
        assertThat(map.get("__cut").booleanValue()).isTrue();
    }

    @Test
    void areCutWithAMarkIfTheyAreLong() {
        JsonNode list = value(List.of("a", "\u0001".repeat(1_000_000), "b"));
        assertThat(list.get(0).textValue()).isEqualTo("a");
        assertThat(list.get(1).textValue()).hasSizeGreaterThan(2_000).endsWith("… [cut]");
        JsonNode names = value(Map.of("n".repeat(1_000_000), 1, "short", 2));
        assertThat(names).isEqualTo(json("{\"short\":2,\"_cut\":true}"));
    }

    @Test
    void stopIfTheirIteratorsAreEndless() {
        JsonNode list = value(endless(7));
        assertThat(list).hasSize(1_001);
        // 1,000 times 1,000 times nothing, which takes no bytes
        assertThat(value(endless(endless(endless(null)))).toString()).contains("… [cut]");
        assertThat(value(new AbstractMap<String, Object>() {
                    @Override
                    public Set<Map.Entry<String, Object>> entrySet() {
                        return new EndlessSet<>(Map.entry("a", 1));
                    }
                }))
                .isEqualTo(json("{\"a\":1,\"_cut\":true}"));
    }

    @Test
    void stopIfThousandsOfThemAreEndless() {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger("Orders"), Level.INFO, "message", null, null);
        event.setMDCPropertyMap(Map.of());
        event.setKeyValuePairs(new ArrayList<>());
        int[] asked = {0};
        for (int i = 0; i < 5_000; i++) {
            event.addKeyValuePair(new KeyValuePair("k" + i, endless(new Object() {
                @Override
                public String toString() {
                    asked[0]++;
                    return "";
                }
            })));
        }
        JsonNode meta = WireLines.single(encoder, event).get("meta");
        assertThat(asked[0]).isLessThanOrEqualTo(EventBudget.NESTED_ENTRIES);
        assertThat(meta.get("_fieldsLeftOut").intValue()).isPositive();
    }

    @Test
    void areOmittedWholeIfAllFieldsTogetherAreTooLarge() {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger("Orders"), Level.INFO, "message", null, null);
        event.setMDCPropertyMap(Map.of("text", "t".repeat(10_000)));
        event.addKeyValuePair(new KeyValuePair("long", Collections.nCopies(900, "0123456789")));
        event.addKeyValuePair(new KeyValuePair("longer", Collections.nCopies(900, "0123456789abcd")));
        event.addKeyValuePair(new KeyValuePair("short", List.of(1)));
        JsonNode meta = WireLines.single(encoder, event).get("meta");
        assertThat(meta.get("text").textValue()).hasSize(10_000);
        assertThat(meta.get("long")).hasSize(900);
        assertThat(meta.get("longer").textValue()).isEqualTo("… [cut]");
        assertThat(meta.get("short")).isEqualTo(json("[1]"));
    }

    @Test
    void nameAnEntryOnceIfTwoKeysHaveTheSameText() {
        IdentityHashMap<Object, Object> map = new IdentityHashMap<>();
        map.put(1, "number");
        map.put("1", "text");
        JsonNode value = value(map);
        assertThat(value).hasSize(2);
        assertThat(value.get("_cut").booleanValue()).isTrue();
    }

    @Test
    void areReplacedByAMarkIfTheyThrow() {
        List<Object> changing = new ArrayList<>(List.of(1));
        changing.add(new Object() {
            @Override
            public String toString() {
                changing.add("more");
                return "changed";
            }
        });
        assertThat(value(changing).textValue()).isEqualTo("[FAILED toString()]");
        assertThat(value(Map.of("k", new Object() {
                            @Override
                            public String toString() {
                                throw new IllegalStateException();
                            }
                        }))
                        .toString())
                .isEqualTo("{\"k\":\"[FAILED toString()]\"}");
        assertThat(value(new AbstractCollection<>() {
                            @Override
                            @SuppressWarnings("InfiniteRecursion") // until the stack ends
                            public Iterator<Object> iterator() {
                                return iterator();
                            }

                            @Override
                            public int size() {
                                return 1;
                            }
                        })
                        .textValue())
                .isEqualTo("[FAILED toString()]");
    }

    private static AbstractCollection<Object> endless(Object value) {
        return new EndlessSet<>(value);
    }

    /** Returns the same element endlessly, and reports a wrong size. */
    private static final class EndlessSet<T> extends java.util.AbstractSet<T> {
        private final T value;

        EndlessSet(T value) {
            this.value = value;
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

        @Override
        public int size() {
            return -1;
        }
    }
}
