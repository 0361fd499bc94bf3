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
 * Collects the fields that come from the configuration and the program: fixed fields, MDC entries and key-value pairs,
 * within the event's budget. Fields that do not fit are counted as left out. For one thread at a time.
 */
final class ProgramFields {

    /** The length to which values are cut once the budget of characters is spent. */
    private static final int SHORT_VALUE_CHARS = 64;

    private final Set<String> includesMdcKeys;
    private final Set<String> excludesMdcKeys;
    private final LineTemplate template;
    private final Fields fields;
    private final EventBudget budget;
    private final EventRedactor redactor;
    private final NestedWriter nestedWriter;
    /** Names are not redacted. */
    private final NameCache<FieldName> names = new NameCache<>(FieldName::of);

    /** Fields rather than lambdas at the call, so that iterating a map makes no garbage. */
    private final BiConsumer<String, String> putMdcEntry = this::putMdcEntry;

    private final BiConsumer<FieldName, Object> putFixed;
    private final BiConsumer<FieldName, Object> putFixedUnlessOwn = this::putFixedUnlessOwn;

    ProgramFields(
            LineFormat<?> format, LineTemplate template, Fields fields, EventBudget budget, EventRedactor redactor) {
        this.includesMdcKeys = format.includesMdcKeys();
        this.excludesMdcKeys = format.excludesMdcKeys();
        this.template = template;
        this.fields = fields;
        this.budget = budget;
        this.redactor = redactor;
        this.nestedWriter = new NestedWriter(redactor, budget);
        this.putFixed = fields::put;
    }

    /** Puts the fixed fields of the configuration. */
    void putFixed() {
        template.forEachFixed(putFixed);
    }

    /** Like {@link #putFixed}, without those that have the name of one of our own fields. */
    void putFixedUnlessOwn() {
        template.forEachFixed(putFixedUnlessOwn);
    }

    void putMdc(@Nullable Map<String, String> mdc) {
        if (mdc == null || mdc.isEmpty()) {
            return;
        }
        try {
            mdc.forEach(putMdcEntry);
        } catch (BudgetExceeded e) {
            fields.leaveOut();
        }
    }

    void putPairs(@Nullable List<KeyValuePair> pairs) {
        if (pairs == null) {
            return;
        }
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

    private void putFixedUnlessOwn(FieldName name, Object value) {
        if (!fields.hasOwn(name)) {
            fields.put(name, value);
        }
    }

    private void putMdcEntry(@Nullable String key, @Nullable String value) {
        takeEntry();
        if (key != null && value != null && isIncluded(key) && fits(key)) {
            fields.put(names.get(key), kept(redactor.redacted(value)));
        }
    }

    private boolean isIncluded(String mdcKey) {
        return (includesMdcKeys.isEmpty() || includesMdcKeys.contains(mdcKey))
                && (excludesMdcKeys.isEmpty() || !excludesMdcKeys.contains(mdcKey));
    }

    private void put(@Nullable KeyValuePair pair) {
        takeEntry();
        if (pair != null && pair.key != null && pair.value != null && fits(pair.key)) {
            FieldName name = names.get(pair.key);
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
        if (NestedValue.isNested(logged)) {
            return budget.hasValueChars() ? nestedWriter.write(logged) : MetaWriter.CUT;
        }
        Object value = FieldValues.of(logged);
        if (value != null) {
            value = redactor.redactedValue(value);
        }
        return value instanceof String text ? kept(text) : value;
    }

    /** Cuts a value to what can ship. */
    private String kept(String text) {
        int max = budget.hasValueChars() ? Limits.META_BYTES : SHORT_VALUE_CHARS;
        String kept = text.length() <= max
                ? text
                : text.substring(0, Utf8.boundary(text, max)).concat(MetaWriter.CUT);
        budget.spendValueChars(kept.length());
        return kept;
    }

    /** Ends the iteration of a map, which only an exception can. */
    private static final class BudgetExceeded extends RuntimeException {

        private static final long serialVersionUID = 1;

        private BudgetExceeded() {
            super(null, null, false, false);
        }
    }
}
