package io.github.dropwizardlogdna.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.shipping.DropReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReporterTest {

    static Stream<Consumer<Reporter>> eventsOfAStart() {
        return Stream.of(
                reporter -> reporter.shippingFailed("its threads could not be started", new OutOfMemoryError(), 0),
                reporter -> reporter.internalError("the batcher", new IllegalStateException()),
                reporter -> reporter.linkageFailed("the encoder", new NoSuchMethodError()),
                reporter -> reporter.interruptIgnored("logdna-batcher"),
                reporter -> reporter.eventLost(new IllegalStateException()),
                reporter -> reporter.encodingFailed(null, 1),
                reporter -> reporter.linesDropped(Map.of(DropReason.FULL, 1L)));
    }

    /** Dropwizard may build the appender that shows reports after this one. */
    @ParameterizedTest
    @MethodSource("eventsOfAStart")
    void isHeldBackUntilItCanBeShown(Consumer<Reporter> event) {
        List<Runnable> heldBack = new ArrayList<>();
        Reporter reporter = new Reporter("orders", "http://localhost", () -> 0, heldBack::add);

        event.accept(reporter);

        assertThat(heldBack).hasSize(1);
    }
}
