package io.github.dropwizardlogdna.line;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.AbstractCollection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;

/** What an idle encoder still refers to, found by reflection, because nothing else tells. */
class EncoderMemoryTest {

    private static final String SECRET = "s3cret";

    @ParameterizedTest
    @ValueSource(ints = {10, 20_000})
    void keepsNothingOfAnEventThatCouldBeSecret(int chars) throws Exception {
        LineEncoder<ILoggingEvent> encoder = new Formats<ILoggingEvent>().encoder();
        Failing failing = new Failing();
        LoggingEvent event = event(SECRET + "x".repeat(chars));
        event.addMarker(MarkerFactory.getDetachedMarker("marker " + SECRET));
        event.setThrowableProxy(new ThrowableProxy(new Exception(SECRET)));
        Map<String, String> mdc = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            // Short names are kept, because they recur.
            mdc.put(SECRET + "n".repeat(NameCache.MAX_CHARS) + i, SECRET + " value " + i);
        }
        event.setMDCPropertyMap(mdc);
        event.addKeyValuePair(new KeyValuePair("nested", List.of(SECRET)));
        event.addKeyValuePair(new KeyValuePair("failing", List.of(failing)));

        encoder.encode(event);

        assertThat(encoder.fellBack()).isFalse();
        Collection<Object> kept = reachable(encoder);
        assertThat(kept).hasAtLeastOneElementOfType(Fields.class);
        assertThat(kept).filteredOn(String.class::isInstance).noneMatch(each -> ((String) each).contains(SECRET));
        assertThat(kept).doesNotHaveAnyElementsOfTypes(NestedValue.class, ExceptionSummary.class, Failing.class);
    }

    @Test
    void freesTheMemoryOfAHugeEvent() throws Exception {
        LineEncoder<ILoggingEvent> encoder =
                new Formats<ILoggingEvent>().metaAsString().encoder();
        LoggingEvent event = event("\u0001".repeat(100_000));
        event.setMDCPropertyMap(Map.of("huge", "\u0001".repeat(100_000)));
        event.addKeyValuePair(new KeyValuePair("nested", List.of("\u0001".repeat(15_000))));
        encoder.encode(event);
        encoder.clear();
        assertThat(reachable(encoder))
                .filteredOn(byte[].class::isInstance)
                .isNotEmpty()
                .allSatisfy(bytes -> assertThat((byte[]) bytes).hasSizeLessThanOrEqualTo(JsonBuffer.RETAINED_BYTES));
    }

    private static LoggingEvent event(String message) {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger("Orders"), Level.INFO, message, null, null);
        event.setThreadName("main");
        return event;
    }

    private static Collection<Object> reachable(Object root) throws IllegalAccessException {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> next = new ArrayDeque<>(List.of(root));
        while (!next.isEmpty()) {
            Object each = next.pop();
            if (seen.add(each)) {
                references(each).forEach(reference -> {
                    if (reference != null) {
                        next.push(reference);
                    }
                });
            }
        }
        return seen;
    }

    /** Looks into the classes of the package and into the containers that they use. */
    private static List<Object> references(Object each) throws IllegalAccessException {
        if (each instanceof Failing) {
            return List.of();
        }
        if (each instanceof Object[] array) {
            return Arrays.asList(array);
        }
        if (each instanceof Collection<?> collection) {
            return new ArrayList<>(collection);
        }
        List<Object> references = new ArrayList<>();
        if (each instanceof Map<?, ?> map) {
            references.addAll(map.keySet());
            references.addAll(map.values());
        } else if (each.getClass().getPackage() == EncoderMemoryTest.class.getPackage()) {
            for (Field field : each.getClass().getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    references.add(field.get(each));
                }
            }
        }
        return references;
    }

    /** Ends the writing of a nested value halfway. */
    private static final class Failing extends AbstractCollection<Object> {

        @Override
        public Iterator<Object> iterator() {
            throw new IllegalStateException();
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
