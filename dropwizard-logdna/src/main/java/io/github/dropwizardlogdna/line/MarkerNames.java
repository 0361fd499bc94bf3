package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Marker;

/**
 * The distinct names of an event's markers and of the markers they refer to. Bounded: if there are too many, the last
 * name is a mark. For one thread at a time.
 */
final class MarkerNames {

    private static final int MAX_NAMES = 256;
    /** More references than any real set of markers has. */
    private static final int MAX_REFERENCES = 4_096;

    private final List<String> names = new ArrayList<>();
    private int referencesLeft;
    private boolean cut;

    /** The names of the last event. */
    List<String> names() {
        return names;
    }

    /** Collects the names of the markers, through {@code redact} unless it is null. */
    void collect(List<Marker> markers, EventBudget budget, @Nullable UnaryOperator<String> redact) {
        referencesLeft = MAX_REFERENCES;
        // An iterator, because a list may be slow to index, and may report a wrong size.
        for (Iterator<Marker> each = markers.iterator(); !cut && each.hasNext(); ) {
            collect(each.next(), budget);
        }
        if (redact != null) {
            // After all are collected, because redacted names may be equal.
            names.replaceAll(redact);
        }
        if (cut) {
            names.add(MetaWriter.CUT);
        }
    }

    /** Forgets the event. */
    void clear() {
        names.clear();
        cut = false;
    }

    /** The recursion is no deeper than there are names. */
    private void collect(@Nullable Marker marker, EventBudget budget) {
        if (referencesLeft-- == 0 || !budget.takeEntry()) {
            cut = true;
            return;
        }
        if (marker == null) {
            return;
        }
        String name = FieldValues.text(marker.getName());
        if (contains(name)) {
            return;
        }
        if (names.size() == MAX_NAMES) {
            cut = true;
            return;
        }
        names.add(name);
        if (marker.hasReferences()) {
            for (Iterator<Marker> references = marker.iterator(); !cut && references.hasNext(); ) {
                collect(references.next(), budget);
            }
        }
    }

    /** Compares the cached hashes first, so that long names with a common prefix are not compared again and again. */
    private boolean contains(String name) {
        int hash = name.hashCode();
        for (int i = 0; i < names.size(); i++) {
            String other = names.get(i);
            if (other.hashCode() == hash && other.equals(name)) {
                return true;
            }
        }
        return false;
    }
}
