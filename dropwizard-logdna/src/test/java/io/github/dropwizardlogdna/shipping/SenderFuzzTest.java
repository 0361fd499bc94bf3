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

    /** What the endpoint answers to one request; {@code lines} is repeated to fit the lines that were sent. */
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

    @Property(tries = 300)
    void everyLineIsSettledOnceWithinABoundedNumberOfRequests(
            @ForAll("whims") List<Whim> whims,
            @ForAll @IntRange(min = 1, max = 4) int batches,
            @ForAll @IntRange(min = 1, max = 40) int linesOfABatch,
            @ForAll boolean gzip) {
        Fixture fixture = new Fixture(64 * 1024, gzip);
        Deque<Whim> script = new ArrayDeque<>(whims);
        fixture.endpoint.always(lines -> script.isEmpty()
                ? FakeEndpoint.verdict(Outcome.DELIVERED)
                : script.remove().verdict(lines.size()));
        for (int i = 0; i < batches; i++) {
            fixture.store(Fixture.numbered(i * linesOfABatch, (i + 1) * linesOfABatch));
        }
        int lines = batches * linesOfABatch;

        fixture.deliverAll();

        List<String> taken = fixture.endpoint.taken;
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(fixture.ledger.delivered()).isEqualTo(taken.size());
        assertThat(fixture.ledger.delivered()
                        + fixture.ledger.dropped(DropReason.REFUSED)
                        + fixture.ledger.dropped(DropReason.TOO_LARGE))
                .isEqualTo(lines);
        assertThat(fixture.ledger.bytesDownstream()).isZero();
        assertThat(fixture.endpoint.requests)
                .as("an answer of the script each, and then at most one for each line")
                .hasSizeLessThanOrEqualTo(whims.size() + lines);
        assertThat(fixture.observer.told).noneMatch(words -> words.startsWith("error"));
        assertOrdered(taken, sentAgainAlone(fixture.endpoint));
    }

    /** What was left of a 207, and so goes out after its neighbours. */
    private static Set<String> sentAgainAlone(FakeEndpoint endpoint) {
        Set<String> again = new HashSet<>();
        for (int i = 0; i < endpoint.requests.size(); i++) {
            List<Outcome> verdicts = endpoint.verdicts.get(i).lines();
            for (int line = 0; line < verdicts.size(); line++) {
                if (verdicts.get(line) != Outcome.DELIVERED) {
                    again.add(endpoint.requests.get(i).get(line));
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
