package io.github.dropwizardlogdna.line;

import jakarta.annotation.Nullable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Marker;

/**
 * The names of an event's markers and of what these refer to, each once. Ends where markers go on without end, with a
 * mark as the last name. For one thread at a time.
 */
final class MarkerNames {

    private static final int MAX_NAMES = 256;
    /** More than that is no set of markers but a trap: the same ones again and again. */
    private static final int MAX_REFERENCES = 4_096;

    private final List<String> names = new ArrayList<>();
    private int referencesLeft;
    private boolean cut;

    /** The names of the last event. */
    List<String> names() {
        return names;
    }

    /** Collects the names of some markers; if {@code redact} is given, as it leaves them. */
    void collect(List<Marker> markers, EventBudget budget, @Nullable UnaryOperator<String> redact) {
        referencesLeft = MAX_REFERENCES;
        // A list that is no array list may be slow to index, and may have no true size.
        for (Iterator<Marker> each = markers.iterator(); !cut && each.hasNext(); ) {
            collect(each.next(), budget);
        }
        if (redact != null) {
            // After all were collected: two names may look alike then.
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

    /** As deep as there are names at the most. */
    private void collect(@Nullable Marker marker, EventBudget budget) {
        if (referencesLeft-- == 0 || !budget.takeEntry()) {
            cut = true;
            return;
        }
        if (marker == null) {
            return;
        }
        String name = Values.text(marker.getName());
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

    /** By the hash first, which strings remember: long names that differ in their ends are compared once only. */
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
