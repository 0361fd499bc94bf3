package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GuardedObserverTest {

    private static final Verdict VERDICT = ScriptedClient.verdict(Outcome.RETRY);

    private final List<String> calls = new ArrayList<>();
    private final Counters counters = new Counters(() -> 0);
    private final GuardedObserver guarded = new GuardedObserver(List.of(recording(true), recording(false)), counters);

    /** Records the name and the arguments of each call. */
    private ShippingObserver recording(boolean failing) {
        return (ShippingObserver) Proxy.newProxyInstance(
                ShippingObserver.class.getClassLoader(),
                new Class<?>[] {ShippingObserver.class},
                (proxy, method, arguments) -> {
                    calls.add(method.getName() + (arguments == null ? "[]" : List.of(arguments)));
                    if (failing) {
                        throw new StackOverflowError("observer");
                    }
                    return null;
                });
    }

    static Stream<Arguments> events() {
        Exception error = new IllegalStateException("test");
        Map<DropReason, Long> dropped = Map.of(DropReason.FULL, 7L);
        return Stream.of(
                event(ShippingObserver::progress, "progress"),
                event(observer -> observer.requestEnded(1), "requestEnded", 1L),
                event(observer -> observer.deliveryFailed(VERDICT, 2, 3), "deliveryFailed", VERDICT, 2L, 3L),
                event(observer -> observer.deliveryRecovered(4, 5), "deliveryRecovered", 4, 5L),
                event(observer -> observer.linesRefused(VERDICT, 6), "linesRefused", VERDICT, 6),
                event(observer -> observer.linesDropped(dropped), "linesDropped", dropped),
                event(
                        observer -> observer.spoolProblem(SpoolProblem.DAMAGED, "where", "details"),
                        "spoolProblem",
                        SpoolProblem.DAMAGED,
                        "where",
                        "details"),
                event(observer -> observer.spoolTakenOver(8, "directory"), "spoolTakenOver", 8, "directory"),
                event(observer -> observer.interruptIgnored("thread"), "interruptIgnored", "thread"),
                event(observer -> observer.shippingFailed("what", error, 9), "shippingFailed", "what", error, 9L));
    }

    private static Arguments event(Consumer<ShippingObserver> event, String name, Object... arguments) {
        return Arguments.of(event, name + List.of(arguments));
    }

    @ParameterizedTest
    @MethodSource("events")
    void passesEachEventToAllObserversAndReportsTheErrorOfOne(Consumer<ShippingObserver> event, String call) {
        event.accept(guarded);

        String report = "internalError[the observer, java.lang.StackOverflowError: observer]";
        assertThat(calls).containsExactly(call, report, report, call);
        assertThat(counters.snapshot(0, 0, 0).internalErrors()).isEqualTo(1);
    }

    @Test
    void survivesAnObserverThatCanReceiveNoError() {
        guarded.internalError("the batcher", new IllegalStateException("test"));

        String report = "internalError[the batcher, java.lang.IllegalStateException: test]";
        assertThat(calls).containsExactly(report, report);
        assertThat(counters.snapshot(0, 0, 0).internalErrors()).isEqualTo(1);
    }
}
