package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;

/** Redacts the texts of an event within its budget, or returns them unchanged if no patterns are configured. */
final class EventRedactor {

    @Nullable
    private final Redaction redaction;

    private final EventBudget budget;

    EventRedactor(@Nullable Redaction redaction, EventBudget budget) {
        this.redaction = redaction;
        this.budget = budget;
    }

    boolean isActive() {
        return redaction != null;
    }

    String redacted(String text) {
        return redaction == null ? text : redaction.redacted(text, budget);
    }

    /** Redacts a text that is cached for later events, so it must not depend on what is left of the budget. */
    String redactedForCache(String text) {
        return redaction == null ? text : redaction.redacted(text);
    }

    /** See {@link Redaction#redactedValue}. */
    @Nullable
    Object redactedValue(Object value) {
        return redaction == null ? value : redaction.redactedValue(value, budget);
    }

    /** Whether anything in the text must not ship. */
    boolean matches(String text) {
        return redaction != null && redaction.matches(text, budget);
    }
}
