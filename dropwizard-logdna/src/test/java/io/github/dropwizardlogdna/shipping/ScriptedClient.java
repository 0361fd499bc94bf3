package io.github.dropwizardlogdna.shipping;

import io.github.dropwizardlogdna.ingestion.IngestionClient;
import io.github.dropwizardlogdna.ingestion.Outcome;
import io.github.dropwizardlogdna.ingestion.RequestBody;
import io.github.dropwizardlogdna.ingestion.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Stands for an endpoint: a client without HTTP that returns scripted verdicts and records its requests. */
final class ScriptedClient implements IngestionClient {

    /** The lines of each request, taken or not. */
    final List<List<String>> requests = new CopyOnWriteArrayList<>();

    final List<String> taken = new CopyOnWriteArrayList<>();
    /** The verdicts on the probes, which are among neither of the two above. */
    final List<Outcome> probes = new CopyOnWriteArrayList<>();

    /** The verdict on each request. */
    final List<Verdict> verdicts = new CopyOnWriteArrayList<>();

    final List<RequestBody> bodies = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    private final Queue<Verdict> script = new ArrayDeque<>();
    private volatile Function<List<String>, Verdict> rule = lines -> verdict(Outcome.DELIVERED);

    static Verdict verdict(Outcome outcome) {
        return new Verdict(outcome, "answered " + outcome, Optional.empty(), List.of());
    }

    static Verdict verdict(Outcome outcome, Duration retryAfter) {
        return new Verdict(outcome, "answered " + outcome, Optional.of(retryAfter), List.of());
    }

    static Verdict byLine(Outcome... lines) {
        return new Verdict(Outcome.DELIVERED_IN_PART, "answered 207", Optional.empty(), List.of(lines));
    }

    /** The next answers; after them, the rule. */
    ScriptedClient answers(Verdict... verdicts) {
        script.addAll(List.of(verdicts));
        return this;
    }

    ScriptedClient answers(Outcome... outcomes) {
        for (Outcome outcome : outcomes) {
            script.add(verdict(outcome));
        }
        return this;
    }

    ScriptedClient always(Function<List<String>, Verdict> newRule) {
        rule = newRule;
        return this;
    }

    @Override
    public Verdict send(RequestBody body) {
        List<String> lines = TestLines.in(body);
        if (lines.size() != body.lines()) {
            throw new AssertionError(body.lines() + " lines announced, but sent " + lines);
        }
        if (lines.equals(List.of(Requests.PROBE))) {
            Verdict verdict = script.isEmpty() ? rule.apply(lines) : script.remove();
            probes.add(verdict.outcome());
            return verdict;
        }
        bodies.add(body);
        requests.add(lines);
        Verdict verdict = script.isEmpty() ? rule.apply(lines) : script.remove();
        verdicts.add(verdict);
        if (verdict.outcome() == Outcome.DELIVERED) {
            taken.addAll(lines);
        } else if (verdict.outcome() == Outcome.DELIVERED_IN_PART) {
            for (int i = 0; i < lines.size(); i++) {
                if (verdict.lines().get(i) == Outcome.DELIVERED) {
                    taken.add(lines.get(i));
                }
            }
        }
        return verdict;
    }

    @Override
    public void cutOff() {}

    @Override
    public void close() {
        closed = true;
    }
}
