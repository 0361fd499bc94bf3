package io.github.dropwizardlogdna.shipping;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** An endpoint that answers anything for a while, and then takes everything. */
class SenderFuzzTest {

    /** The answer to one request; {@code lines} is repeated to fit the lines that were sent. */
    private record Whim(Outcome outcome, List<Outcome> lines, int retryAfterSeconds) {

        Verdict verdict(int sent) {
            List<Outcome> each = new ArrayList<>();
            for (int i = 0; outcome == Outcome.DELIVERED_IN_PART && i < sent; i++) {
                each.add(lines.get(i % lines.size()));
            }
            Optional<Duration> retryAfter =
                    retryAfterSeconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(retryAfterSeconds));
            return new Verdict(outcome, "answered " + outcome, retryAfter, each);
        }
    }

    @Provide
    Arbitrary<List<Whim>> whims() {
        Arbitrary<Outcome> ofALine = Arbitraries.of(Outcome.class).filter(o -> o != Outcome.DELIVERED_IN_PART);
        return Combinators.combine(
                        Arbitraries.of(Outcome.class),
                        ofALine.list().ofMinSize(1).ofMaxSize(7),
                        Arbitraries.integers().between(0, 300))
                .as(Whim::new)
                .list()
                .ofMaxSize(60);
    }

    @Property
    void everyLineIsSettledOnceWithinABoundedNumberOfRequests(
            @ForAll("whims") List<Whim> whims,
            @ForAll @IntRange(min = 1, max = 4) int batches,
            @ForAll @IntRange(min = 1, max = 40) int linesOfABatch,
            @ForAll boolean gzip) {
        Fixture fixture = new Fixture(64 * 1024, gzip);
        Deque<Whim> script = new ArrayDeque<>(whims);
        fixture.endpoint.always(lines -> script.isEmpty()
                ? ScriptedClient.verdict(Outcome.DELIVERED)
                : script.remove().verdict(lines.size()));
        for (int i = 0; i < batches; i++) {
            fixture.store(Fixture.numbered(i * linesOfABatch, (i + 1) * linesOfABatch));
        }
        int lines = batches * linesOfABatch;

        fixture.deliverAll();

        List<String> taken = fixture.endpoint.taken;
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(fixture.counters.delivered()).isEqualTo(taken.size());
        assertThat(fixture.counters.delivered()
                        + fixture.counters.dropped(DropReason.REFUSED)
                        + fixture.counters.dropped(DropReason.TOO_LARGE))
                .isEqualTo(lines);
        assertThat(fixture.budget.downstream()).isZero();
        assertThat(fixture.endpoint.requests)
                .as("an answer of the script each, and then at most one for each line")
                .hasSizeLessThanOrEqualTo(whims.size() + lines);
        assertThat(fixture.observer.events).noneMatch(words -> words.startsWith("error"));
        assertOrdered(taken, sentAgainAlone(fixture.endpoint));
    }

    private static final int MOST_IN_VAIN_A_MINUTE = 60;

    @Provide
    Arbitrary<Outcome> refusals() {
        return Arbitraries.of(
                Outcome.SERVER_ERROR,
                Outcome.KEY_REFUSED,
                Outcome.SETTING_AT_FAULT,
                Outcome.BAD_REQUEST,
                Outcome.TOO_LARGE);
    }

    @Provide
    Arbitrary<Outcome> outages() {
        return Arbitraries.of(Outcome.class)
                .filter(outcome -> outcome != Outcome.DELIVERED && outcome != Outcome.DELIVERED_IN_PART);
    }

    /** First nothing is taken, then no request that holds one of some lines. */
    @Property
    void refusedContentAffectsOnlyItselfAndAnOutageNothing(
            @ForAll("refusals") Outcome refusal,
            @ForAll("outages") Outcome outage,
            @ForAll @IntRange(min = 0, max = 30) int minutes,
            @ForAll Set<@IntRange(min = 0, max = 119) Integer> bad,
            @ForAll @IntRange(min = 1, max = 4) int batches,
            @ForAll @IntRange(min = 1, max = 30) int linesOfABatch,
            @ForAll boolean gzip) {
        Fixture fixture = new Fixture(64 * 1024, gzip);
        Set<String> badLines = new HashSet<>();
        bad.stream().filter(line -> line < batches * linesOfABatch).forEach(line -> badLines.add("line " + line));
        long over = fixture.now + Duration.ofMinutes(minutes).toNanos();
        Deque<Long> inVain = new ArrayDeque<>();
        fixture.endpoint.always(lines -> {
            Outcome outcome = fixture.now < over
                    ? outage
                    : lines.stream().anyMatch(badLines::contains) ? refusal : Outcome.DELIVERED;
            if (outcome == Outcome.DELIVERED) {
                inVain.clear();
            } else {
                inVain.add(fixture.now);
                if (inVain.size() > MOST_IN_VAIN_A_MINUTE) {
                    assertThat(fixture.now - inVain.remove())
                            .isGreaterThan(Duration.ofMinutes(1).toNanos());
                }
            }
            return ScriptedClient.verdict(outcome);
        });
        for (int i = 0; i < batches; i++) {
            fixture.store(Fixture.numbered(i * linesOfABatch, (i + 1) * linesOfABatch));
        }

        while (fixture.store.size() > 0) {
            fixture.now += fixture.sender.step(fixture.now);
        }

        List<String> good = new ArrayList<>(Fixture.numbered(0, batches * linesOfABatch));
        good.removeAll(badLines);
        assertThat(fixture.endpoint.taken).isEqualTo(good);
        assertThat(fixture.counters.delivered()).isEqualTo(good.size());
        assertThat(fixture.counters.dropped(refusal == Outcome.TOO_LARGE ? DropReason.TOO_LARGE : DropReason.REFUSED))
                .isEqualTo(badLines.size());
        assertThat(fixture.budget.downstream()).isZero();
        assertThat(Duration.ofNanos(fixture.now - over))
                .as("time since the outage")
                .isLessThan(Duration.ofMinutes(10).plusMinutes(2L * badLines.size()));
    }

    /** Outcomes after which the neighbours of a single line are not sent, unless it is settled. */
    private static final Set<Outcome> IN_ORDER = Set.of(Outcome.DELIVERED, Outcome.RETRY, Outcome.TIMED_OUT);

    /** Lines that a 207 deferred or that failed alone, so that their neighbours may be sent first. */
    private static Set<String> sentAgainAlone(ScriptedClient endpoint) {
        Set<String> again = new HashSet<>();
        for (int i = 0; i < endpoint.requests.size(); i++) {
            List<String> lines = endpoint.requests.get(i);
            if (lines.size() == 1 && !IN_ORDER.contains(endpoint.verdicts.get(i).outcome())) {
                again.addAll(lines);
            }
            List<Outcome> verdicts = endpoint.verdicts.get(i).lines();
            for (int line = 0; line < verdicts.size(); line++) {
                if (verdicts.get(line) != Outcome.DELIVERED) {
                    again.add(lines.get(line));
                }
            }
        }
        return again;
    }

    private static void assertOrdered(List<String> taken, Set<String> exempt) {
        int[] numbers = taken.stream()
                .filter(line -> !exempt.contains(line))
                .mapToInt(line -> Integer.parseInt(line.substring("line ".length())))
                .toArray();
        int[] sorted = numbers.clone();
        Arrays.sort(sorted);
        assertThat(numbers).isEqualTo(sorted);
    }
}
