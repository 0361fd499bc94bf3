package io.github.dropwizardlogdna.line;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import jakarta.annotation.Nullable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Takes out of what is logged what must not be shipped. Each match of each pattern is found in the original text, and
 * what overlaps becomes one {@value #REDACTED}: no pattern hides a part of what another one is looking for.
 *
 * <p>It fails closed: a text that could not be searched to its end, for whatever reason, is {@value #REDACTED} whole.
 *
 * <p>The patterns are RE2's, whose search is linear in the text where that of {@code java.util.regex} may be
 * exponential. All matches together are not: {@code a.*z|a} looks for a z behind each of many letters a. Hence a bound
 * for the work on one text. Immutable; any thread may ask.
 */
public final class Redaction {

    static final String REDACTED = "[REDACTED]";

    /**
     * Characters that are read, times the instructions of the pattern that each may meet: what bounds the time. An
     * ordinary text is read about three times, and an ordinary pattern has 10 to 60 instructions, so that only texts of
     * some 100,000 characters and more come near it.
     */
    private static final long MAX_WORK = 32L * 1024 * 1024;

    /** For all texts of an event together, in times of what one text and pattern may take. */
    private static final long TEXTS_OF_AN_EVENT = 8;

    /** Layers of percent-encoding that are taken off one by one; of more of them, all at once. */
    private static final int MAX_ENCODINGS = 3;

    private record Span(int start, int end) {}

    private final List<Pattern> patterns;
    private final long maxWork;

    private Redaction(List<Pattern> patterns, long maxWork) {
        this.patterns = patterns;
        this.maxWork = maxWork;
    }

    /**
     * What redacts the matches of some patterns, or null for none, which costs nothing then.
     *
     * @throws IllegalArgumentException if there is a {@link #problem} with one; the message does not quote it
     */
    @Nullable
    public static Redaction of(List<String> patterns) {
        return of(patterns, MAX_WORK);
    }

    @Nullable
    static Redaction of(List<String> patterns, long maxWork) {
        patterns.forEach(pattern -> problem(pattern).ifPresent(problem -> {
            throw new IllegalArgumentException("A pattern " + problem);
        }));
        return patterns.isEmpty()
                ? null
                : new Redaction(patterns.stream().map(Pattern::compile).toList(), maxWork);
    }

    /** Why a pattern can't be used, and what to do; without the pattern, which may hold what it is to hide. */
    public static Optional<String> problem(String pattern) {
        try {
            return Pattern.compile(pattern).matcher("").find()
                    ? Optional.of("matches the empty text, so that it would match everywhere: let it match at least one"
                            + " character (like a+ instead of a*)")
                    : Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of("is not a regular expression of RE2 (" + e.getDescription() + "): see"
                    + " https://github.com/google/re2/wiki/Syntax; it has neither lookaround nor back references");
        } catch (StackOverflowError e) {
            return Optional.of("is nested too deeply");
        }
    }

    /** What all texts of an event may take together, so that one of many long values takes no minutes. */
    long workOfAnEvent() {
        return TEXTS_OF_AN_EVENT * patterns.size() * maxWork;
    }

    /** As {@link #redacted(String, EventBudget)}, for a text that does not count against its event: a short one. */
    String redacted(String text) {
        return redacted(text, new EventBudget(workOfAnEvent()));
    }

    /** The text without what matches; the same object, if nothing does. Never throws. */
    String redacted(String text, EventBudget budget) {
        try {
            List<Span> found = spans(text, budget);
            return found.isEmpty() ? text : without(found, text);
        } catch (Throwable e) {
            // Its message is not reported, as it may hold the text.
            return REDACTED;
        }
    }

    /** Whether anything in the text matches, or it can't be told. Never throws. */
    boolean matches(String text, EventBudget budget) {
        return !redacted(text, budget).equals(text);
    }

    /**
     * A value as {@link Values#of} makes it. A number whose digits match is null, which leaves it out: a card's number may
     * be logged as a long, and a text in its place would change the type of the field, for which LogDNA drops the whole
     * meta of a line. A boolean holds no secret.
     */
    @Nullable
    Object redactedValue(Object value, EventBudget budget) {
        if (value instanceof String text) {
            return redacted(text, budget);
        }
        return value instanceof Number number && matches(number, budget) ? null : value;
    }

    private boolean matches(Number number, EventBudget budget) {
        String digits = number.toString();
        if (matches(digits, budget)) {
            return true;
        }
        if (digits.indexOf('E') < 0) {
            return false;
        }
        // As it was meant: 4111111111111111 is 4.111111111111111E15 as a double.
        return matches(new BigDecimal(digits).toPlainString(), budget);
    }

    /**
     * The matches in the text as it is, and in what it says once its percent-encoding is taken off: who calls a service
     * decides how a URI is encoded.
     */
    private List<Span> spans(String text, EventBudget budget) {
        List<Span> found = new ArrayList<>(0);
        search(text, null, budget, found);
        boolean encoded = PercentDecoded.isEncoded(text);
        boolean plus = PercentDecoded.hasPlusInQuery(text);
        if ((encoded || plus) && text.length() > Limits.TEXT_CHARS) {
            throw new IllegalStateException("too long to be decoded");
        }
        if (encoded) {
            PercentDecoded decoded = PercentDecoded.once(text);
            search(decoded.text(), decoded, budget, found);
            for (int i = 1; i < MAX_ENCODINGS && PercentDecoded.isEncoded(decoded.text()); i++) {
                decoded = decoded.again();
                search(decoded.text(), decoded, budget, found);
            }
            if (PercentDecoded.isEncoded(decoded.text())) {
                PercentDecoded wholly = PercentDecoded.wholly(text, false);
                search(wholly.text(), wholly, budget, found);
            }
        }
        if (plus) {
            PercentDecoded query = PercentDecoded.wholly(text, true);
            search(query.text(), query, budget, found);
        }
        return found;
    }

    /** Adds the matches in a text, or what they were decoded from. */
    private void search(String text, @Nullable PercentDecoded decoded, EventBudget budget, List<Span> found) {
        for (int i = 0; i < patterns.size(); i++) {
            Pattern pattern = patterns.get(i);
            long work = Math.min(maxWork, budget.searchWork());
            Metered metered = new Metered(text, work / pattern.programSize());
            try {
                Matcher matcher = pattern.matcher(metered);
                while (matcher.find()) {
                    int start = matcher.start();
                    int end = matcher.end();
                    if (end > start) {
                        found.add(
                                decoded == null
                                        ? new Span(start, end)
                                        : new Span(decoded.start(start), decoded.end(end - 1)));
                    }
                }
            } finally {
                budget.spendSearchWork(metered.reads() * pattern.programSize());
            }
        }
    }

    private static String without(List<Span> found, String text) {
        found.sort(Comparator.comparingInt(Span::start));
        StringBuilder rest = new StringBuilder(text.length());
        int done = 0;
        for (Span span : found) {
            if (span.start() >= done) {
                rest.append(text, done, span.start()).append(REDACTED);
            }
            done = Math.max(done, span.end());
        }
        return rest.append(text, done, text.length()).toString();
    }

    /** A text that may be read only so often. For one search. */
    private static final class Metered implements CharSequence {

        private final String text;
        private final long maxReads;
        private long readsLeft;

        Metered(String text, long maxReads) {
            this.text = text;
            this.maxReads = maxReads;
            this.readsLeft = maxReads;
        }

        long reads() {
            return maxReads - readsLeft;
        }

        @Override
        public char charAt(int index) {
            if (--readsLeft < 0) {
                throw new IllegalStateException("too much work");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
