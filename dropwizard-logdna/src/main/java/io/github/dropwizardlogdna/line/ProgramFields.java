package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.event.KeyValuePair;

/**
 * Collects the fields that the program gave an event, its MDC entries and key-value pairs, within the event's budget.
 * What does not fit is counted as left out. For one thread at a time.
 */
final class ProgramFields {

    /** Values beyond the budget of characters are kept as far as this. */
    private static final int SHORT_VALUE_CHARS = 64;

    private final LineFormat<?> format;
    private final Fields fields;
    private final EventBudget budget;
    private final NestedWriter nestedWriter;
    /** Names are not redacted. */
    private final Recurring<FieldName> names = new Recurring<>(FieldName::of);
    /** Made once, because a map is iterated without garbage only so. */
    private final BiConsumer<String, String> putMdc = this::putMdc;

    ProgramFields(LineFormat<?> format, Fields fields, EventBudget budget) {
        this.format = format;
        this.fields = fields;
        this.budget = budget;
        this.nestedWriter = new NestedWriter(format.redaction(), budget);
    }

    void collectMdc(Map<String, String> mdc) {
        try {
            mdc.forEach(putMdc);
        } catch (BudgetExceeded e) {
            fields.leaveOut();
        }
    }

    void collectPairs(List<KeyValuePair> pairs) {
        try {
            if (pairs instanceof RandomAccess) {
                for (int i = 0; i < pairs.size(); i++) {
                    put(pairs.get(i));
                }
            } else {
                for (Iterator<KeyValuePair> each = pairs.iterator(); each.hasNext(); ) {
                    put(each.next());
                }
            }
        } catch (BudgetExceeded e) {
            fields.leaveOut();
        }
    }

    /** Forgets the event. */
    void clear() {
        nestedWriter.clear();
    }

    private void putMdc(@Nullable String key, @Nullable String value) {
        takeEntry();
        if (key != null && value != null && isIncluded(key) && fits(key)) {
            fields.put(names.of(key), kept(redacted(value)));
        }
    }

    private boolean isIncluded(String mdcKey) {
        Set<String> includes = format.includesMdcKeys();
        Set<String> excludes = format.excludesMdcKeys();
        return (includes.isEmpty() || includes.contains(mdcKey)) && (excludes.isEmpty() || !excludes.contains(mdcKey));
    }

    private void put(@Nullable KeyValuePair pair) {
        takeEntry();
        if (pair != null && pair.key != null && pair.value != null && fits(pair.key)) {
            FieldName name = names.of(pair.key);
            if (fields.takes(name)) {
                Object value = value(pair.value);
                if (value != null) {
                    fields.put(name, value);
                }
            }
        }
    }

    private void takeEntry() {
        if (!budget.takeEntry()) {
            throw new BudgetExceeded();
        }
    }

    private boolean fits(String name) {
        if (name.length() <= Limits.NAME_CHARS) {
            return true;
        }
        fields.leaveOut();
        return false;
    }

    @Nullable
    private Object value(Object logged) {
        if (Nested.isNested(logged)) {
            return budget.hasValueChars() ? nestedWriter.write(logged) : MetaWriter.CUT;
        }
        Object value = Values.of(logged);
        Redaction redaction = format.redaction();
        if (redaction != null && value != null) {
            value = redaction.redactedValue(value, budget);
        }
        return value instanceof String text ? kept(text) : value;
    }

    private String redacted(String text) {
        Redaction redaction = format.redaction();
        return redaction == null ? text : redaction.redacted(text, budget);
    }

    /** As much of a value as can ship. */
    private String kept(String text) {
        int max = budget.hasValueChars() ? Limits.META_BYTES : SHORT_VALUE_CHARS;
        String kept = text.length() <= max
                ? text
                : text.substring(0, Utf8.boundary(text, max)).concat(MetaWriter.CUT);
        budget.spendValueChars(kept.length());
        return kept;
    }

    /** Ends an iteration that only an exception can end. */
    private static final class BudgetExceeded extends RuntimeException {

        private static final long serialVersionUID = 1;

        private BudgetExceeded() {
            super(null, null, false, false);
        }
    }
}
