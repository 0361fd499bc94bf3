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

    /** The text without what matches; the same object, if nothing does. Never throws. */
    String redacted(String text) {
        try {
            List<Span> found = matches(text);
            return found.isEmpty() ? text : without(found, text);
        } catch (Throwable e) {
            // Nothing of it is told, as it may hold the text.
            return REDACTED;
        }
    }

    /**
     * A value as {@link Values#of} makes it. A number whose digits match becomes a text: a card's number may be logged as
     * a long. A boolean holds no secret.
     */
    Object redactedValue(Object value) {
        if (value instanceof String text) {
            return redacted(text);
        }
        return value instanceof Number number && matches(number) ? REDACTED : value;
    }

    private boolean matches(Number number) {
        String digits = number.toString();
        if (!redacted(digits).equals(digits)) {
            return true;
        }
        if (digits.indexOf('E') < 0) {
            return false;
        }
        // As it was meant: 4111111111111111 is 4.111111111111111E15 as a double.
        String plain = new BigDecimal(digits).toPlainString();
        return !redacted(plain).equals(plain);
    }

    private List<Span> matches(String text) {
        List<Span> found = List.of();
        for (int i = 0; i < patterns.size(); i++) {
            Pattern pattern = patterns.get(i);
            Matcher matcher = pattern.matcher(new Metered(text, maxWork / pattern.programSize()));
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    if (found.isEmpty()) {
                        found = new ArrayList<>();
                    }
                    found.add(new Span(matcher.start(), matcher.end()));
                }
            }
        }
        return found;
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
        private long readsLeft;

        Metered(String text, long readsLeft) {
            this.text = text;
            this.readsLeft = readsLeft;
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
