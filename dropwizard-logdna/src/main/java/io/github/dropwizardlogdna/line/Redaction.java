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
 * Replaces matches of the configured patterns, which must not be shipped, by {@value #REDACTED}. Every pattern is matched
 * against the original text and overlapping matches become one, so no pattern hides part of another one's match.
 *
 * <p>It fails closed: a text that could not be searched completely becomes {@value #REDACTED} as a whole.
 *
 * <p>The patterns are RE2's, which search in linear time; {@code java.util.regex} may take exponential time. Finding all
 * matches is not linear: {@code a.*z|a} looks for a z after each of many letters a. Therefore the work on one text is
 * bounded. Immutable and thread-safe.
 */
public final class Redaction {

    static final String REDACTED = "[REDACTED]";

    /**
     * The bound: characters read times instructions of the pattern. A typical text is read about three times and a typical
     * pattern has 10 to 60 instructions, so only texts of some 100,000 characters and more come near it.
     */
    private static final long MAX_WORK = 32L * 1024 * 1024;

    /** The bound for all texts of an event, in multiples of the bound for one text and pattern. */
    private static final long TEXTS_OF_AN_EVENT = 8;

    /** Layers of percent-encoding that are decoded one by one; if there are more, all are decoded at once. */
    private static final int MAX_ENCODINGS = 3;

    private record Span(int start, int end) {}

    private final List<Pattern> patterns;
    private final long maxWork;

    private Redaction(List<Pattern> patterns, long maxWork) {
        this.patterns = patterns;
        this.maxWork = maxWork;
    }

    /**
     * Returns a redaction for some patterns, or null if there are none, so that it costs nothing.
     *
     * @throws IllegalArgumentException if a pattern has a {@link #problem}; the message does not quote it
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

    /** Why a pattern can't be used, and what to do. Does not quote the pattern, which may contain a secret. */
    public static Optional<String> problem(String pattern) {
        try {
            return Pattern.compile(pattern).matcher("").find()
                    ? Optional.of("matches the empty text, so it would match everywhere: let it match at least one"
                            + " character (like a+ instead of a*)")
                    : Optional.empty();
        } catch (PatternSyntaxException e) {
            return Optional.of("is not a regular expression of RE2 (" + e.getDescription() + "): see"
                    + " https://github.com/google/re2/wiki/Syntax; it has neither lookaround nor back references");
        } catch (StackOverflowError e) {
            return Optional.of("is nested too deeply");
        }
    }

    /** The bound for all texts of an event, so that an event of many long values does not take minutes. */
    long workOfAnEvent() {
        return TEXTS_OF_AN_EVENT * patterns.size() * maxWork;
    }

    /** Like {@link #redacted(String, EventBudget)}, for a short text that does not count against its event. */
    String redacted(String text) {
        return redacted(text, new EventBudget(workOfAnEvent()));
    }

    /** The text with each match replaced; the same object if nothing matches. Never throws. */
    String redacted(String text, EventBudget budget) {
        try {
            List<Span> found = spans(text, budget);
            return found.isEmpty() ? text : without(found, text);
        } catch (Throwable e) {
            // Not reported, because its message may contain the text.
            return REDACTED;
        }
    }

    /** Whether anything in the text matches, or the search could not be completed. Never throws. */
    boolean matches(String text, EventBudget budget) {
        return !redacted(text, budget).equals(text);
    }

    /**
     * Redacts a value that {@link FieldValues#of} returned. A number whose digits match becomes null and is left out: a card
     * number may be logged as a long, and LogDNA drops the whole meta of a line in which a field changes its type. A boolean
     * holds no secret.
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
        // 4111111111111111 is printed as 4.111111111111111E15 if it is a double.
        // Without trailing zeros, because 0E-1000000000 would be printed as a gigabyte of them.
        return matches(new BigDecimal(digits).stripTrailingZeros().toPlainString(), budget);
    }

    /**
     * The matches in the text itself and in its percent-decoded forms, because the caller of a service decides how a URI is
     * encoded.
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

    /** Adds the matches in a text, or in a decoded one the characters they were decoded from. */
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

    /** A text that allows a limited number of reads. For one search. */
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
