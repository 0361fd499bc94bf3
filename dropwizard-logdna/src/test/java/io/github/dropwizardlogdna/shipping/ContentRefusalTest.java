package io.github.dropwizardlogdna.shipping;

import static io.github.dropwizardlogdna.shipping.Fixture.numbered;
import static io.github.dropwizardlogdna.shipping.ScriptedClient.byLine;
import static io.github.dropwizardlogdna.shipping.ScriptedClient.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An endpoint, or a firewall before it, refuses the content of some lines: the lines after them do not wait for long. */
class ContentRefusalTest {

    private static final Duration SOON = Duration.ofMinutes(8);

    private final Fixture fixture = new Fixture();
    private final ScriptedClient endpoint = fixture.endpoint;
    private final List<Long> inVain = new ArrayList<>();

    @AfterEach
    void theBooksBalance() {
        long settled = fixture.counters.delivered();
        for (DropReason reason : DropReason.values()) {
            settled += fixture.counters.dropped(reason);
        }
        if (fixture.store.size() == 0) {
            assertThat(settled).isEqualTo(fixture.accepted());
            assertThat(fixture.budget.downstream()).isZero();
        }
    }

    /** A firewall answers like this. */
    private void refuse(Outcome outcome, Predicate<String> bad) {
        endpoint.always(lines -> answer(lines.stream().anyMatch(bad) ? outcome : Outcome.DELIVERED));
    }

    private Verdict answer(Outcome outcome) {
        if (outcome != Outcome.DELIVERED) {
            inVain.add(fixture.now);
        }
        return verdict(outcome);
    }

    private long dropped(Outcome outcome) {
        return fixture.counters.dropped(outcome == Outcome.TOO_LARGE ? DropReason.TOO_LARGE : DropReason.REFUSED);
    }

    static Stream<Outcome> mayBeAboutTheContent() {
        return Stream.of(
                Outcome.NO_RESPONSE,
                Outcome.TIMED_OUT,
                Outcome.SERVER_ERROR,
                Outcome.KEY_REFUSED,
                Outcome.SETTING_AT_FAULT,
                Outcome.BAD_REQUEST,
                Outcome.TOO_LARGE);
    }

    @ParameterizedTest
    @MethodSource("mayBeAboutTheContent")
    void oneLineDoesNotBlockTheOthersAtAnyPosition(Outcome outcome) {
        for (int bad : new int[] {0, 1, 49, 98, 99}) {
            Fixture each = new Fixture();
            String badLine = "line " + bad;
            each.endpoint.always(lines -> verdict(lines.contains(badLine) ? outcome : Outcome.DELIVERED));
            each.store(numbered(0, 100));
            each.store(numbered(100, 110));
            long start = each.now;

            each.deliverAll();

            List<String> good = new ArrayList<>(numbered(0, 110));
            good.remove(badLine);
            assertThat(each.endpoint.taken).isEqualTo(good);
            assertThat(each.counters.dropped(outcome == Outcome.TOO_LARGE ? DropReason.TOO_LARGE : DropReason.REFUSED))
                    .isEqualTo(1);
            assertThat(each.endpoint.requests).hasSizeLessThanOrEqualTo(30);
            assertThat(Duration.ofNanos(each.now - start)).isLessThan(SOON);
        }
    }

    @ParameterizedTest
    @MethodSource("mayBeAboutTheContent")
    void aBatchOfOnlyBadLinesDoesNotBlockTheNext(Outcome outcome) {
        refuse(outcome, line -> line.startsWith("bad"));
        fixture.store(List.of("bad 1", "bad 2", "bad 3"));
        fixture.store(List.of("bad 4"));
        fixture.store(numbered(0, 10));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(0, 10));
        assertThat(dropped(outcome)).isEqualTo(4);
        assertThat(fixture.observer.events).filteredOn("refused 1"::equals).hasSize(4);
        assertThat(endpoint.probes).contains(Outcome.DELIVERED);
    }

    @ParameterizedTest
    @MethodSource("mayBeAboutTheContent")
    void manyBadLinesInABatchAreAllFound(Outcome outcome) {
        refuse(outcome, line -> line.endsWith("7"));
        fixture.store(numbered(0, 200));

        fixture.deliverAll();

        assertThat(endpoint.taken)
                .isEqualTo(numbered(0, 200).stream()
                        .filter(line -> !line.endsWith("7"))
                        .toList());
        assertThat(dropped(outcome)).isEqualTo(20);
        assertThat(endpoint.probes).as("others are evidence enough").hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "RETRY",
                "NO_RESPONSE",
                "TIMED_OUT",
                "SERVER_ERROR",
                "KEY_REFUSED",
                "SETTING_AT_FAULT",
                "BAD_REQUEST",
                "TOO_LARGE",
                "UNSUPPORTED_ENCODING"
            })
    void nothingIsDroppedOrRetriedQuicklyWhileNothingIsAccepted(Outcome outcome) {
        fixture.store(List.of("alone"));
        fixture.store(numbered(0, 1_000));
        endpoint.answers(Outcome.DELIVERED);
        fixture.sender.step(fixture.now);
        endpoint.always(lines -> answer(outcome));
        fixture.store(numbered(1_000, 1_010));
        long end = fixture.now + Duration.ofHours(3).toNanos();
        while (fixture.now < end) {
            fixture.now += fixture.sender.step(fixture.now);
        }

        assertThat(fixture.counters.delivered()).isEqualTo(1);
        assertThat(fixture.counters.settled()).isEqualTo(1);
        assertThat(inVain.stream().filter(at -> at > end - Duration.ofHours(2).toNanos()))
                .as("requests of two hours")
                .hasSizeLessThan(120 * 12);
        assertNoMoreInAMinuteThan(60);

        endpoint.always(lines -> verdict(Outcome.DELIVERED));
        fixture.deliverAll();
        List<String> all = new ArrayList<>(List.of("alone"));
        all.addAll(numbered(0, 1_010));
        assertThat(endpoint.taken).isEqualTo(all);
        assertThat(fixture.counters.delivered()).isEqualTo(1_011);
    }

    private void assertNoMoreInAMinuteThan(int most) {
        long minute = Duration.ofMinutes(1).toNanos();
        for (int i = 0; i + most < inVain.size(); i++) {
            assertThat(inVain.get(i + most) - inVain.get(i)).isGreaterThan(minute);
        }
    }

    @Test
    void refusingEveryBodyAsTooLargeForAWhileDropsNothing() {
        long over = fixture.now + Duration.ofSeconds(4).toNanos();
        endpoint.always(lines -> verdict(fixture.now < over ? Outcome.TOO_LARGE : Outcome.DELIVERED));
        fixture.store(numbered(0, 1_889));

        fixture.deliverAll();

        assertThat(endpoint.taken).isEqualTo(numbered(0, 1_889));
        assertThat(endpoint.requests).hasSizeLessThan(150);
    }

    // 207

    /** The errors begin in the middle of a batch, so that a line may be suspected, and end after each possible attempt. */
    @ParameterizedTest
    @EnumSource(names = {"NO_RESPONSE", "SERVER_ERROR", "BAD_REQUEST", "TOO_LARGE"})
    void aShortTimeOfErrorsInTheMiddleOfABatchDropsNothing(Outcome outcome) {
        for (int errors = 1; errors <= 20; errors++) {
            Fixture each = new Fixture();
            each.endpoint.answers(byLine(Outcome.DELIVERED, Outcome.RETRY, Outcome.RETRY, Outcome.RETRY));
            each.endpoint.answers(Collections.nCopies(errors, outcome).toArray(Outcome[]::new));
            each.store(numbered(0, 4));

            each.deliverAll();

            assertThat(each.endpoint.taken).as("%s errors", errors).containsExactlyInAnyOrderElementsOf(numbered(0, 4));
        }
    }

    @Test
    void aLineThatIsAlwaysDeferredDoesNotBlockTheOthers() {
        endpoint.always(lines -> byLine(lines.stream()
                .map(line -> line.equals("line 3") ? Outcome.RETRY : Outcome.DELIVERED)
                .toArray(Outcome[]::new)));
        fixture.store(numbered(0, 10));
        fixture.store(numbered(10, 20));

        fixture.deliverAll();

        assertThat(endpoint.taken).hasSize(19).doesNotContain("line 3");
        assertThat(fixture.counters.dropped(DropReason.REFUSED)).isEqualTo(1);
        assertThat(endpoint.requests).hasSizeLessThan(20);
    }

    @Test
    void deferredLinesAreKeptWhileNothingIsAccepted() {
        endpoint.always(lines -> byLine(
                IntStream.range(0, lines.size()).mapToObj(i -> Outcome.RETRY).toArray(Outcome[]::new)));
        fixture.store(numbered(0, 10));
        long end = fixture.now + Duration.ofHours(1).toNanos();
        while (fixture.now < end) {
            fixture.now += fixture.sender.step(fixture.now);
        }

        assertThat(fixture.counters.settled()).isZero();
    }

    // Reports

    @Test
    void doesNotReportAKeyAsRefusedThatWasJustAccepted() {
        fixture.store(List.of("good"));
        fixture.deliverAll();
        fixture.pass(Duration.ofSeconds(12));
        endpoint.always(lines -> new Verdict(
                Outcome.KEY_REFUSED,
                "answered 403 Forbidden: the ingestion key was refused; check ingestionKey",
                Optional.empty(),
                List.of()));
        fixture.store(List.of("bad"));

        fixture.sender.step(fixture.now);

        assertThat(fixture.observer.events)
                .containsExactly(
                        "failed: answered 403 Forbidden, but a request with this key was accepted 12 s ago;"
                                + " perhaps a firewall objects to the content of a line, so the batch is divided to find out, 1 held");
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.RETRYING);

        fixture.pass(Duration.ofMinutes(1));
        for (int i = 0; i < 10; i++) {
            fixture.now += fixture.sender.step(fixture.now);
        }
        assertThat(fixture.status.state().kind())
                .as("not even a line of our own is taken")
                .isEqualTo(DeliveryState.Kind.KEY_REFUSED);
        assertThat(fixture.counters.settled()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void isNotIdleWhileARequestHangs(boolean first) {
        List<DeliveryState.Kind> during = new ArrayList<>();
        if (!first) {
            fixture.store(List.of("delivered"));
            fixture.deliverAll();
        }
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.IDLE);
        endpoint.always(lines -> {
            during.add(fixture.status.state().kind());
            return verdict(Outcome.DELIVERED);
        });
        fixture.store(List.of("hangs"));

        fixture.deliverAll();

        assertThat(during).containsExactly(DeliveryState.Kind.DELIVERING);
        assertThat(fixture.status.state().kind()).isEqualTo(DeliveryState.Kind.IDLE);
        assertThat(fixture.status.state().since()).isPositive();
    }
}
